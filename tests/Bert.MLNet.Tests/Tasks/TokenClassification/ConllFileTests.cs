using System.Text;

namespace Bert.MLNet.Tests.Tasks.TokenClassification;

/// <summary>Words and tags of CoNLL's columns, as the files of several corpora have them.</summary>
public sealed class ConllFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Words_are_joined_and_tags_are_places()
    {
        NamedEntityRow[] rows = Read(
            "-DOCSTART- -X- O O\n\nAnna NNP B-NP B-PER\nlives VBZ B-VP O\nin IN B-PP O\nNew NNP B-NP B-LOC\nYork NNP I-NP I-LOC\n\n\nHi " +
            "UH O O\n");
        Assert.Equal(["Anna lives in New York", "Hi"], rows.Select(row => row.Text));
        Assert.Equal(["PER 0-4", "LOC 14-22"], Entities(rows[0]));
        Assert.Empty(rows[1].Types);
    }

    /// <summary>MultiCoNER, and files with the texts as CoNLL-U has them.</summary>
    [Theory]
    [InlineData("# id 5239d808\tdomain=en\n")]
    [InlineData("# id 5239d808 domain=en\n")]
    [InlineData("# id domain=en 4\n")]
    [InlineData("# sent_id = 1\n# text = Anna lives in Berlin .\n")]
    [InlineData("#\n# newdoc\n")]
    [InlineData("#\thttp://de.wikipedia.org/wiki/Berlin\t[2009-10-17]\n")]
    [InlineData("# global.columns = FORM POS CHUNK NER\n\n")]
    public void Comments_before_a_text_are_no_words(string comment)
    {
        const string Text = "Anna _ _ B-PER\nlives _ _ O\nin _ _ O\nBerlin _ _ B-LOC\n. _ _ O\n\n";
        NamedEntityRow[] rows = Read(string.Concat(Enumerable.Repeat(comment + Text, 3)));
        Assert.Equal(Enumerable.Repeat("Anna lives in Berlin .", 3), rows.Select(row => row.Text));
        Assert.All(rows, row => Assert.Equal(["PER 0-4", "LOC 14-20"], Entities(row)));
    }

    [Theory]
    [InlineData("# O\n1 O\nhit O\n\nAnna B-PER\n", "# 1 hit")]
    [InlineData("a O\n# O\n1 O\n\nAnna B-PER\n", "a # 1")]
    [InlineData("# id 1 x\n#\tB-PER\n1\tI-PER\n\nAnna\tB-PER\n", "# 1")]
    [InlineData("# O\n", "#")]
    [InlineData("# PERSON\nAnna PERSON\n", "# Anna")]
    [InlineData("#Berlin O\nrocks O\n", "#Berlin rocks")]
    public void A_number_sign_with_a_tag_is_a_word(string file, string text) => Assert.Equal(text, Read(file)[0].Text);

    /// <summary>GermEval 2014 counts words from 1; other files count from 0.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public void A_column_that_counts_words_is_no_word(int first)
    {
        string file =
            $"#\thttp://de.wikipedia.org/wiki/Schartau\t[2009-10-17]\n{first}\tSchartau\tB-PER\tO\n{first + 1}\tsagte\tO\tO\n" +
            $"{first + 2}\tdem\tO\tO\n\n#\thttp://x\t[2009-10-18]\n{first}\tBerlin\tB-LOC\tB-LOC\n\n";
        NamedEntityRow[] rows = Read(file);
        Assert.Equal(["Schartau sagte dem", "Berlin"], rows.Select(row => row.Text));
        Assert.Equal((0, 1), (rows[0].Types.Length, rows[1].Types.Length));
        NamedEntityRow[] outer = Read(file, tagColumn: 2);
        Assert.Equal(["PER 0-8"], Entities(outer[0]));
    }

    [Theory]
    [InlineData("1 CD O\n\n1 CD O\n", "1")] // might be either: a text of one word counts nothing
    [InlineData("1 CD O\n2 CD O\n\n7 CD O\n8 CD O\n", "1 2")]
    [InlineData("1 O\n2 O\n3 O\n", "1 2 3")]
    public void Numbers_that_do_not_count_the_words_of_every_text_are_words(string file, string text) =>
        Assert.Equal(text, Read(file)[0].Text);

    [Fact]
    public void Ranges_and_empty_nodes_of_CoNLL_U_are_no_words()
    {
        NamedEntityRow row = Read(
            "# text = vámonos al mar\n1-2\tvámonos\t_\t_\n1\tvamos\tVERB\tO\n2\tnos\tPRON\tO\n2.1\tx\t_\t_\n" +
            "3-4\tal\t_\t_\n3\ta\tADP\tO\n4\tel\tDET\tO\n5\tmar\tNOUN\tB-LOC\n").Single();
        Assert.Equal("vamos nos a el mar", row.Text);
        Assert.Equal(["LOC 15-18"], Entities(row));
    }

    [Fact]
    public void An_empty_field_of_CoNLL_is_outside_of_entities() =>
        Assert.Equal(["PER 0-4"], Entities(Read("Anna\t_\tB-PER\nlives\t_\t_\n").Single()));

    [Fact]
    public void Tabs_alone_separate_the_columns_of_lines_that_have_any()
    {
        NamedEntityRow row = Read("He\tO\nlives\tO\nin\tO\nNew York \tB-LOC \n").Single();
        Assert.Equal("He lives in New York ", row.Text);
        Assert.Equal(["LOC 12-21"], Entities(row));
    }

    [Theory]
    [InlineData("\u00a0")]
    [InlineData("\u3000")]
    [InlineData("\u2009")]
    [InlineData("\u0085")]
    [InlineData("\u2028")]
    [InlineData("\v")]
    public void No_other_white_space_separates_anything(string space)
    {
        foreach (string separator in new[] { "\t", " " })
        {
            NamedEntityRow row = Read($"10{space}000{separator}B-NUM\n{space}{separator}O\nEUR{separator}O\n").Single();
            Assert.Equal($"10{space}000 {space} EUR", row.Text);
            Assert.Equal(["NUM 0-6"], Entities(row));
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Lines_end_in_any_way_and_blanks_alone_are_no_line(string end)
    {
        NamedEntityRow[] rows = Read(
            string.Join(end, "\ufeffAnna B-PER", "lives O", " \t ", "Berlin B-LOC", "-DOCSTART-", "  Rome  B-LOC "));
        Assert.Equal(["Anna lives", "Berlin", "Rome"], rows.Select(row => row.Text));
    }

    [Theory]
    [InlineData("Anna B-PER\nlives\n", "Line 2 of ", "has a word but no tag")]
    [InlineData("Anna\tB-PER\nlives\t\n", "Line 2 of ", "has a word but no tag")]
    [InlineData("Anna\nlives\n", "Line 1 of ", "has a word but no tag")]
    [InlineData("\u00a0\n", "Line 1 of ", "has a word but no tag")]
    [InlineData("He O\nlives O\nin O\nNew York B-LOC\n", "Line 4 of ", "has 3 columns, but most lines have 2")]
    [InlineData("Anna\tB-PER\n\na\tx\tO\nb\tO\n", "Line 3 of ", "has 3 columns, but most lines have 2")]
    [InlineData("He O\n\n#Berlin\n\nlives O\n", "Line 3 of ", "has a word but no tag")]
    [InlineData("Anna\tB-PER\n\tO\n", "Line 2 of ", "has a tag but no word")]
    [InlineData("Anna B-PER\n# a comment within\nlives O\n", "Line 2 of ", "has 4 columns, but most lines have 2")]
    public void A_line_without_the_columns_of_the_others_is_named(string file, string place, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Read(file));
        Assert.StartsWith($"{place}'{_folder["x.conll"]}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_not_there_is_named() =>
        Assert.Contains("has no column 2; it has 2 columns, counted from 0",
            Assert.Throws<InvalidDataException>(() => Read("Anna B-PER\n", tagColumn: 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_in_another_code_page_is_an_error_with_its_line()
    {
        File.WriteAllBytes(_folder["x.conll"], Encoding.Latin1.GetBytes("Anna\tB-PER\nMüller\tI-PER\n"));
        Assert.Contains("Line 2 of", Assert.Throws<InvalidDataException>(() => NamedEntityRow.ReadFile(_folder["x.conll"])).Message,
            StringComparison.Ordinal);
        File.WriteAllText(_folder["x.conll"], "Müller\tB-PER\n", Encoding.Unicode);
        Assert.Equal("Müller", NamedEntityRow.ReadFile(_folder["x.conll"]).Single().Text);
    }

    [Fact]
    public void Words_and_tags_of_unequal_number_are_refused() =>
        Assert.Contains("There are 2 words and 1 tags: 'a b'",
            Assert.Throws<ArgumentException>(() => NamedEntityRow.FromTags(["a", "b"], ["O"])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("08-conll-comment-lines", "clean.conll", "multiconer.conll")]
    [InlineData("08-conll-comment-lines", "clean.conll", "sentences.conll")]
    public void Files_seen_in_the_field_have_the_entities_of_their_clean_copies(string folder, string clean, string file) =>
        Assert.Equal(Describe(NamedEntityRow.ReadFile(Shared.Folder("cases", folder, clean))),
            Describe(NamedEntityRow.ReadFile(Shared.Folder("cases", folder, file))));

    private static IEnumerable<string> Describe(IReadOnlyList<NamedEntityRow> rows) =>
        rows.Select(row => $"{row.Text}: {string.Join(", ", Entities(row))}");

    private static IEnumerable<string> Entities(NamedEntityRow row) =>
        row.Types.Select((type, i) => FormattableString.Invariant($"{type} {row.Starts[i]}-{row.Ends[i]}"));

    private NamedEntityRow[] Read(string content, int? tagColumn = null)
    {
        File.WriteAllText(_folder["x.conll"], content);
        return [.. NamedEntityRow.ReadFile(_folder["x.conll"], tagColumn: tagColumn)];
    }
}
