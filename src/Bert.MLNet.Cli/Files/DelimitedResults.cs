using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bert.MLNet.Cli.Files;

/// <summary>
/// Writes rows of results to a .csv file, whose cells are quoted as in RFC 4180, or a .tsv file, in which tabs and line breaks become
/// spaces.
/// </summary>
internal sealed class DelimitedResults : IDisposable
{
    private readonly StreamWriter _writer;
    private readonly CsvWriter _table;
    private readonly bool _isCsv;

    /// <param name="output">The destination, which stays open.</param>
    /// <param name="path">The file whose name determines the format.</param>
    public DelimitedResults(Stream output, string path)
    {
        char separator = SeparatorOf(path);
        _isCsv = separator == ',';
        _writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        _table = new CsvWriter(_writer, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = separator.ToString(),
            Mode = _isCsv ? CsvMode.RFC4180 : CsvMode.NoEscape,
            NewLine = "\n",
        });
    }

    /// <summary>The separator of cells in results.</summary>
    public static char SeparatorOf(string path) =>
        Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase) ? ',' : DelimitedText.Tab;

    /// <summary>Writes a row.</summary>
    public void Write(IEnumerable<string> cells)
    {
        foreach (string cell in cells)
            _table.WriteField(_isCsv ? cell : cell.Replace('\t', ' ').Replace('\n', ' ').Replace('\r', ' '));
        _table.NextRecord();
    }

    public void Dispose()
    {
        _table.Dispose();
        _writer.Dispose();
    }
}
