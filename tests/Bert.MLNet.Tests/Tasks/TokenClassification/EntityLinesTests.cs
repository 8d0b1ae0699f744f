using System.Text.Json;
using Bert.MLNet.Tasks;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>Entities in JSON lines under the names that several programs give them.</summary>
public sealed class EntityLinesTests : IDisposable
{
    private const string Anna = "Anna lives in Berlin .";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"text": "Anna lives in Berlin .", "entities": [{"type": "PER", "start": 0, "end": 4}, {"type": "LOC", "start": 14, "end": 20}]}""")]
    [InlineData("""{"text": "Anna lives in Berlin .", "entities": [{"label": "LOC", "start": 14, "end": 20}, {"label": "PER", "start": 0, "end": 4}]}""")]
    [InlineData("""{"text": "Anna lives in Berlin .", "entities": [[0, 4, "PER"], [14, 20, "LOC"]]}""")] // spaCy
    [InlineData("""{"id": 1, "text": "Anna lives in Berlin .", "label": [[0, 4, "PER"], [14, 20, "LOC"]]}""")] // doccano
    [InlineData("""{"id": 1, "text": "Anna lives in Berlin .", "labels": [[14, 20, "LOC"], [0, 4, "PER"]]}""")]
    [InlineData("""{"text": "Anna lives in Berlin .", "entities": [{"id": 7, "label": "PER", "start_offset": 0, "end_offset": 4}, {"id": 8, "label": "LOC", "start_offset": 14, "end_offset": 20}], "relations": []}""")]
    [InlineData( // Prodigy
        """{"text": "Anna lives in Berlin .", "tokens": [{"text": "Anna", "start": 0, "end": 4, "id": 0}], "answer": "accept", """ +
        """ "spans": [{"start": 0, "end": 4, "token_start": 0, "label": "PER"}, {"start": 14, "end": 20, "label": "LOC"}]}""")]
    [InlineData( // Label Studio
        """{"text": "Anna lives in Berlin .", "label": [{"start": 0, "end": 4, "text": "Anna", "labels": ["PER"]}, """ +
        """{"start": 14, "end": 20, "text": "Berlin", "labels": ["LOC"]}]}""")]
    [InlineData("""{"tokens": ["Anna", "lives", "in", "Berlin", "."], "ner_tags": ["B-PER", "O", "O", "B-LOC", "O"]}""")]
    [InlineData("""{"text": "x", "words": ["Anna", "lives", "in", "Berlin", "."], "labels": ["PER", "O", "O", "LOC", "O"]}""")]
    public void Entities_are_read_under_the_names_of_many_programs(string line)
    {
        NamedEntityRow row = Read(line).Rows.Single();
        Assert.Equal(Anna, row.Text);
        Assert.Equal([("PER", 0, 4), ("LOC", 14, 20)], row.Types.Zip(row.Starts, row.Ends));
    }

    [Theory]
    [InlineData("""{"text": "a b", "entities": [{"type": "PER", "start": 2, "end": 9}]}""", "has an entity PER from 2 to 9, which is not within its text")]
    [InlineData("""{"text": "a b", "entities": [{"type": "PER", "start": -1, "end": 1}]}""", "has an entity PER from -1 to 1, which is not within its text")]
    [InlineData("""{"text": "a b", "entities": [{"type": "PER", "start": 99999999999, "end": 99999999999}]}""", "which is not within its text")]
    [InlineData("""{"text": "a b", "entities": [{"type": "PER", "start": 2, "end": 2}]}""", "has an entity PER from 2 to 2, which is empty")]
    [InlineData("""{"text": "a b", "label": [[1, 2, "PER"]]}""", "which contains only white space")]
    [InlineData("""{"text": "a b", "entities": [{"type": "PER", "end": 1}]}""", "has an entity without a start. Its fields are type or label, start or start_offset, and end or end_offset; this one has type, end.")]
    [InlineData("""{"text": "a b", "entities": [{"type": "PER", "from": 0, "start": 1}]}""", "has an entity without an end")]
    [InlineData("""{"text": "a b", "entities": [{"name": "PER", "start": 0, "end": 1}]}""", "has an entity without a type")]
    [InlineData("""{"text": "a b", "entities": [{"type": " ", "start": 0, "end": 1}]}""", "has an entity without a type")]
    [InlineData("""{"text": "a b", "label": [[0, 1, ""]]}""", "has label that does not list entities")]
    [InlineData("""{"text": "a b", "label": [[0, 1]]}""", "has label that does not list entities. Give a list of [start, end, \"TYPE\"]")]
    [InlineData("""{"text": "a b", "label": "good"}""", "has label that does not list entities")]
    [InlineData("""{"text": "a b", "entities": [{"labels": ["PER", "LOC"], "start": 0, "end": 1}]}""", "has an entity with several types (PER, LOC)")]
    [InlineData("""{"text": "a b c", "label": [[0, 3, "PER"], [2, 5, "LOC"]]}""", "has entities that overlap: PER 'a b' and LOC 'b c'")]
    [InlineData("""{"text": "a b c", "entities": [{"type": "PER", "start": 2, "end": 3, "text": "a"}]}""", "which is 'b', and not 'a' as its text says")]
    [InlineData("""{"text": "\ud83d\ude00 b", "label": [[1, 4, "PER"]]}""", "which cuts a character in two")]
    [InlineData("""{"sentence": "a b", "entities": []}""", "has neither words nor text")]
    [InlineData("""{"words": ["a", "b"], "labels": ["O"]}""", "has 2 words and 1 tags")]
    [InlineData("""{"words": ["a", "b"], "entities": []}""", "has no labels of its words")]
    public void An_entity_that_cannot_be_learnt_is_named_with_its_line(string line, string message)
    {
        string error = Assert.Throws<InvalidDataException>(() => Read("""{"text": "a", "entities": [[0, 1, "PER"]]}""", line)).Message;
        Assert.StartsWith($"Line 2 of '{_folder["x.jsonl"]}' ", error, StringComparison.Ordinal);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_a_field_of_entities_is_an_error_with_the_fields_that_it_has()
    {
        string error = Assert.Throws<InvalidDataException>(() => Read("""{"id": 1, "text": "a", "annotations": [[0, 1, "PER"]]}""", """{"text": "b"}""")).Message;
        Assert.Contains("has no field of entities in any line", error, StringComparison.Ordinal);
        Assert.EndsWith("the first line has id, text, annotations.", error, StringComparison.Ordinal);
        Assert.Equal(2, Read("""{"text": "b"}""", """{"text": "a", "label": [[0, 1, "PER"]]}""").Rows.Length);
    }

    /// <summary>Python counts an emoji as one character.</summary>
    [Theory]
    [InlineData("""{"text": "😀 Anna", "entities": [{"type": "PER", "start": 2, "end": 6, "text": "Anna"}]}""")]
    [InlineData("""{"text": "😀 Anna", "tokens": [{"text": "😀", "start": 0}, {"text": "Anna", "start": 2}], "spans": [{"label": "PER", "start": 2, "end": 6}]}""")]
    [InlineData("""{"text": "😀 Anna", "label": [[2, 6, "PER"]]}""")] // no text to compare with, but units would cut the word
    public void Places_that_count_code_points_are_converted_and_told(string line)
    {
        NamedEntityFile file = Read(line, """{"text": "Anna", "label": [[0, 4, "PER"]]}""");
        Assert.Equal((3, 7), (file.Rows[0].Starts.Single(), file.Rows[0].Ends.Single()));
        Assert.Contains("code points", Assert.Single(file.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"text": "😀 Anna", "entities": [{"type": "PER", "start": 3, "end": 7, "text": "Anna"}]}""")]
    [InlineData("""{"text": "😀 Anna", "label": [[3, 7, "PER"]]}""")]
    [InlineData("""{"text": "Anna 😀", "label": [[0, 4, "PER"]]}""")]
    [InlineData("""{"text": "😀安娜住在柏林", "label": [[2, 4, "PER"]]}""")]
    public void Places_in_UTF16_units_stay(string line)
    {
        NamedEntityFile file = Read(line);
        Assert.Empty(file.Notes);
        (long start, long end) = JsonElement.Parse(line) is var row && row.TryGetProperty("label", out JsonElement label)
            ? (label[0][0].GetInt64(), label[0][1].GetInt64())
            : (row.GetProperty("entities")[0].GetProperty("start").GetInt64(),
                row.GetProperty("entities")[0].GetProperty("end").GetInt64());
        Assert.Equal((start, end), (file.Rows[0].Starts.Single(), file.Rows[0].Ends.Single()));
    }

    /// <summary>In the second line "a" stands at both places: the first one tells which is meant.</summary>
    [Fact]
    public void All_places_of_a_file_count_alike()
    {
        NamedEntityFile file = Read(
            """{"text": "😀 Anna", "entities": [{"type": "PER", "start": 2, "end": 6, "text": "Anna"}]}""",
            """{"text": "😀😀aaa", "entities": [{"type": "X", "start": 4, "end": 5, "text": "a"}]}""");
        Assert.Equal(6, file.Rows[1].Starts.Single());
        string error = Assert.Throws<InvalidDataException>(() => Read(
            """{"text": "😀 Anna", "entities": [{"type": "PER", "start": 2, "end": 6, "text": "Anna"}]}""",
            """{"text": "😀 Rom", "entities": [{"type": "LOC", "start": 2, "end": 5, "text": "Rom"}]}""",
            """{"text": "😀 Ulm", "entities": [{"type": "LOC", "start": 3, "end": 6, "text": "Ulm"}]}""")).Message;
        Assert.StartsWith("Line 3 of ", error, StringComparison.Ordinal);
        Assert.Contains("Positions count code points from 0", error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_an_annotator_did_not_accept_is_left_out_and_told()
    {
        NamedEntityFile file = Read(
            """{"text": "Anna", "spans": [{"start": 0, "end": 4, "label": "PER"}], "answer": "accept"}""",
            """{"text": "Anna", "spans": [{"start": 0, "end": 4, "label": "LOC"}], "answer": "reject"}""",
            """{"text": "Anna", "answer": "ignore"}""");
        Assert.Equal(["PER"], file.Rows.Single().Types);
        Assert.EndsWith("which are skipped: 2", Assert.Single(file.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Doubles_count_once_and_white_space_at_the_ends_is_no_entity()
    {
        NamedEntityFile file = Read("""{"text": " Anna\u00a0 lives", "label": [[0, 7, "PER"], [1, 5, "PER"]]}""");
        NamedEntityRow row = file.Rows.Single();
        Assert.Equal([("PER", 1, 5)], row.Types.Zip(row.Starts, row.Ends));
        Assert.Equal(2, file.Notes.Count);
    }

    [Fact]
    public void An_empty_word_is_no_entity()
    {
        NamedEntityRow row = Read("""{"words": ["Anna", "", "x"], "labels": ["B-PER", "B-LOC", "O"]}""").Rows.Single();
        Assert.Equal(("Anna  x", "PER"), (row.Text, row.Types.Single()));
    }

    [Theory]
    [InlineData("doccano.jsonl", new[] { "PER", "LOC" })]
    [InlineData("doccano-offsets.jsonl", new[] { "PER" })]
    public void Files_of_doccano_are_read(string name, string[] types)
    {
        IReadOnlyList<NamedEntityRow> rows = NamedEntityRow.ReadFile(Shared.Folder("cases", "10-jsonl-entities-under-other-names", name));
        Assert.Equal(20, rows.Count);
        Assert.All(rows, row => Assert.Equal(types, row.Types));
        Assert.All(rows, row => Assert.Equal("Anna", row.Text[row.Starts[0]..row.Ends[0]]));
    }

    private NamedEntityFile Read(params string[] lines)
    {
        File.WriteAllLines(_folder["x.jsonl"], lines);
        return NamedEntityFile.Read(_folder["x.jsonl"], null, null);
    }
}
