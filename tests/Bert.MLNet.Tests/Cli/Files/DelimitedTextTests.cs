using Bert.MLNet.Cli.Files;
using CsCheck;

namespace Bert.MLNet.Tests.Cli.Files;

/// <summary>Rows and cells of separated text: those that were written, whatever they hold, or an error with the row.</summary>
public sealed class DelimitedTextTests : IDisposable
{
    private static readonly Gen<string> s_cell =
        OneOf("", " ", "a", " a", "a ", "\"", "a\"b", "\"q\"", ",", "a,b", ";", "\t", "//x", "#x", "\r", "\n", "a\r\nb", "é", "1", "NULL",
            "=1+2").Array[0, 3].Select(string.Concat);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Cells_are_those_that_were_written_by_RFC_4180() =>
        Gen.Select(Gen.Int[2, 4].SelectMany(width => s_cell.Array[width].Array[1, 8]), OneOf("\n", "\r", "\r\n"), Gen.Bool, Gen.Int[0, 2])
            .Sample((rows, end, quotesAll, blankLines) =>
        {
            string text = string.Concat(rows.Select(row => string.Join(',', row.Select(cell => Write(cell, quotesAll))) + end)) +
                string.Concat(Enumerable.Repeat(end, blankLines));
            using var folder = new TemporaryFolder();
            File.WriteAllText(folder["in.csv"], text);
            Assert.Equal(rows, DelimitedText.Rows(folder["in.csv"], hasHeader: false));
        }, iter: 500);

    [Theory]
    [InlineData("a,b\rc,d\r")]
    [InlineData("a,b\r\nc,d")]
    [InlineData("a,b\nc,d\r\n\n")]
    [InlineData("\uFEFFa,b\n\n \nc,d\n \n\t")]
    public void Rows_end_with_CR_or_LF_or_both_and_blank_lines_are_none(string text) =>
        Assert.Equal([["a", "b"], ["c", "d"]], Rows("in.csv", text));

    [Theory]
    [InlineData("#a,b\n//c,# d\n", "#a|b", "//c|# d")] // comments to ML.NET's loader
    [InlineData("a, b\n c ,d \n", "a| b", " c |d ")]
    [InlineData("a,b\n5\" disk,\"6\"\" disk\"\n", "a|b", "5\" disk|6\" disk")]
    [InlineData("a,b\n\"c\" ,d\n", "a|b", "c |d")]
    [InlineData("a,b\n\"c\rd\",e", "a|b", "c\rd|e")]
    [InlineData("a,b\n,\n\"\",", "a|b", "|", "|")]
    [InlineData("a\n\"\"\nb", "a", "", "b")] // an empty text in quotes is a row
    public void Blanks_signs_and_quotes_belong_to_cells(string text, params string[] rows) =>
        Assert.Equal(rows, Rows("in.csv", text).Select(row => string.Join('|', row)));

    [Fact]
    public void Quotes_in_a_tab_separated_file_are_ordinary_characters() =>
        Assert.Equal([["\"a", "b"], ["c\"d\"", "\"e\""]], Rows("in.tsv", "\"a\tb\rc\"d\"\t\"e\"\r"));

    [Theory]
    [InlineData("a,b\nc,d\n\n\"e\nf\",g,h\n", "Row 2 of '*' has 3 cells, but the header has 2. Put a cell that contains ',' in quotes.")]
    [InlineData("a,b\nc\n", "Row 1 of '*' has 1 cells, but the header has 2. All rows must have the same number of cells.")]
    [InlineData("a,b\nc,d\ngood, \"the food, really\"\n",
        "Row 2 of '*' has white space before a quote. Remove it; if the quote belongs to the text, enclose the whole cell in quotes and " +
        "double the quote.")]
    [InlineData("a,b\n\"c\" d,e\n", "Row 1 of '*' has text after a closing quote. Double a quote inside a cell.")]
    [InlineData("a,b\nc,\"d\ne,f\n", "Row 1 of '*' has a quote that is never closed. Double a quote inside a cell.")]
    [InlineData("a,\"b\" x\n", "The header of '*' has text after a closing quote. Double a quote inside a cell.")]
    public void Ragged_rows_and_stray_quotes_are_errors_with_their_row(string text, string message)
    {
        var error = Assert.Throws<InvalidDataException>(() => Rows("in.csv", text, hasHeader: true));
        Assert.Equal(message.Replace("*", _folder["in.csv"], StringComparison.Ordinal), error.Message);
    }

    [Fact]
    public void Without_a_header_the_first_row_counts_as_one()
    {
        var error = Assert.Throws<InvalidDataException>(() => Rows("in.tsv", "a\tb\nc\td\te\n"));
        Assert.Equal($"Row 2 of '{_folder["in.tsv"]}' has 3 cells, but the first row has 2. All rows must have the same number of cells.",
            error.Message);
    }

    private string[][] Rows(string name, string text, bool hasHeader = false)
    {
        File.WriteAllText(_folder[name], text);
        return [.. DelimitedText.Rows(_folder[name], hasHeader)];
    }

    private static string Write(string cell, bool quotes) =>
        quotes || cell.AsSpan().ContainsAny("\",\r\n") || cell.AsSpan().Trim().IsEmpty
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell;

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
