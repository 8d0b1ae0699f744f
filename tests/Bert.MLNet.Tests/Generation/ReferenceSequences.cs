using System.Text.Json;

namespace Bert.MLNet.Tests.Generation;

/// <summary>What HuggingFace's <c>EncoderDecoderModel</c> computed for a checkpoint in <c>shared/reference/seq2seq</c>.</summary>
internal sealed class ReferenceSequences
{
    private readonly JsonElement _root;
    private readonly string _name;
    private double _largest;

    public ReferenceSequences(string name)
    {
        _name = name;
        Folder = Shared.Folder("reference", "seq2seq", name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));
        _root = document.RootElement.Clone();
    }

    public static TheoryData<string> Names => ["bert2bert-random", "bert2bert-proj-random", "bert2bert-trained", "roberta2roberta-random"];

    public string Folder { get; }

    public JsonElement Root => _root;

    public IEnumerable<JsonElement> TeacherForcing => _root.GetProperty("teacher_forcing").EnumerateArray();

    /// <summary>
    /// Greedy cases, and those of beams with the semantics to follow, except that which depends on the other rows of its batch.
    /// </summary>
    public IEnumerable<JsonElement> Generated => _root.GetProperty("generate").EnumerateArray().Where(one =>
        one.GetProperty("semantics").GetString() is "any" or "hf-4.52" && one.GetProperty("single_source_gives_same_ids").GetBoolean());

    /// <summary>The tokens of the sources, by name.</summary>
    public IReadOnlyDictionary<string, int[]> Sources => TeacherForcing.ToDictionary(one => one.GetProperty("id").GetString()!, one =>
        Ids(one, "input_ids"));

    public static int[] Ids(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Compares with the tolerance of the file.</summary>
    public void Equal(double expected, double actual, string what)
    {
        double difference = Math.Abs(expected - actual);
        _largest = Math.Max(_largest, difference);
        Assert.True(difference <= 2e-5 + 2e-5 * Math.Abs(expected), $"{_name} {what}: {actual}, not {expected}.");
    }

    public void Equal(JsonElement expected, ReadOnlySpan<float> actual, string what)
    {
        int i = 0;
        foreach (JsonElement value in expected.EnumerateArray())
            Equal(value.GetDouble(), actual[i++], what);
        Assert.Equal(i, actual.Length);
    }

    /// <summary>Writes the largest difference to the output of the test.</summary>
    public void WriteLargest(string what) => TestContext.Current.TestOutputHelper?.WriteLine(
        FormattableString.Invariant($"{_name} {what}: largest difference {_largest:0.0e+00}"));

    /// <summary>The options of a case, from HuggingFace's names.</summary>
    public static BertGenerationOptions OptionsOf(JsonElement parameters)
    {
        double Number(string name, double otherwise) => parameters.TryGetProperty(name, out JsonElement value) ? value.GetDouble()
            : otherwise;
        BertEarlyStopping stopping = !parameters.TryGetProperty("early_stopping", out JsonElement early)
            || early.ValueKind == JsonValueKind.False
            ? BertEarlyStopping.Heuristic
            : early.ValueKind == JsonValueKind.True ? BertEarlyStopping.WhenComplete : BertEarlyStopping.Never;
        return new BertGenerationOptions
        {
            NumBeams = (int)Number("num_beams", 1), MaxLength = (int)Number("max_length", 20), MinLength = (int)Number("min_length", 0),
            LengthPenalty = Number("length_penalty", 1), NoRepeatNgramSize = (int)Number("no_repeat_ngram_size", 0),
            NumReturnSequences = (int)Number("num_return_sequences", 1), EarlyStopping = stopping,
        };
    }
}
