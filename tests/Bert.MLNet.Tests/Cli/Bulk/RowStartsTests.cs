using System.Text;
using Bert.MLNet.Cli.Bulk;
using CsCheck;

namespace Bert.MLNet.Tests.Cli.Bulk;

/// <summary>Rows begin where they were written, whichever byte a search starts from.</summary>
public sealed class RowStartsTests : IDisposable
{
    private static readonly Gen<string> s_cell =
        OneOf("", " ", "a", "b c", "\"", "a\"b", ",", "\n", "\r\n", "\r", "é", "\"\"", ",\n", "x,y").Array[0, 4].Select(string.Concat);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Quoted_rows_begin_where_they_were_written_with_and_without_the_rows_before() =>
        Gen.Select(Gen.Int[1, 4].SelectMany(width => s_cell.Array[width].Array[1, 10]), OneOf("\n", "\r", "\r\n")).Sample((rows, end) =>
        {
            (string path, long[] starts) = Write(rows, end);
            long length = new FileInfo(path).Length;
            var followed = new QuotedRowStarts(path, ',', 0) { Width = rows[0].Length };
            for (long offset = 0; offset <= length; offset++)
            {
                long expected = starts.FirstOrDefault(start => start >= offset, length);
                Assert.Equal(expected, followed.From(offset));
                Assert.Equal(expected, new QuotedRowStarts(path, ',', 0) { Width = rows[0].Length, Reach = 0 }.From(offset));
            }
        }, iter: 12, threads: 1);

    [Fact]
    public void The_middle_of_a_table_is_found_without_its_start()
    {
        string[][] rows = [.. Enumerable.Range(0, 200)
            .Select(i => new[] { $"{i}", i % 3 == 0 ? "one\ntwo, three" : "plain", "\"quoted\"" })];
        (string path, long[] starts) = Write(rows, "\n");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[0] = (byte)'"'; // which would turn the whole table around
        File.WriteAllBytes(path, bytes);
        for (long offset = bytes.Length / 2; offset < bytes.Length; offset += 7)
        {
            Assert.Equal(
                starts.FirstOrDefault(start => start >= offset, bytes.Length),
                new QuotedRowStarts(path, ',', 0) { Width = 3, Reach = 0 }.From(offset));
        }
    }

    [Fact]
    public void A_table_that_is_valid_with_quotes_turned_around_is_read_from_its_start()
    {
        (string path, long[] starts) = Write([.. Enumerable.Repeat(new[] { "\n", "\n" }, 50)], "\n");
        for (long offset = 0; offset < new FileInfo(path).Length; offset++)
        {
            Assert.Equal(
                starts.FirstOrDefault(start => start >= offset, new FileInfo(path).Length),
                new QuotedRowStarts(path, ',', 0) { Width = 2, Reach = 0 }.From(offset));
        }
    }

    [Fact]
    public void A_quote_that_is_not_closed_is_an_error_before_the_rest_of_a_file_becomes_a_cell()
    {
        using (FileStream file = File.Create(_folder["in.csv"]))
        {
            file.Write("a,\"b\n"u8);
            byte[] line = [.. Enumerable.Repeat((byte)'x', (1 << 20) - 1), (byte)'\n'];
            for (int i = 0; i < 18; i++)
                file.Write(line);
        }
        Assert.Contains("has a quoted cell of more than 16 MiB", Assert.Throws<InvalidDataException>(
            () => new QuotedRowStarts(_folder["in.csv"], ',', 0).From(100)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\nbc\n\nd", "0 2 5 6")]
    [InlineData("a\r\nbc\rd\r\n", "0 3 6 9")]
    [InlineData("\r\n\r\r", "0 2 3 4")]
    public void Lines_begin_after_line_feeds_carriage_returns_or_both(string text, string expected)
    {
        long[] starts = [.. expected.Split(' ').Select(start => long.Parse(start, System.Globalization.CultureInfo.InvariantCulture))];
        File.WriteAllText(_folder["in.jsonl"], text);
        for (long offset = 0; offset <= text.Length; offset++)
            Assert.Equal(starts.FirstOrDefault(start => start >= offset, text.Length), new LineStarts(_folder["in.jsonl"]).From(offset));
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private (string Path, long[] Starts) Write(string[][] rows, string end)
    {
        var text = new StringBuilder();
        var starts = new List<long>();
        foreach (string[] row in rows)
        {
            starts.Add(Encoding.UTF8.GetByteCount(text.ToString()));
            text.AppendJoin(',', row.Select(cell => cell.AsSpan().ContainsAny("\",\r\n") || cell.AsSpan().Trim().IsEmpty
                ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                : cell)).Append(end);
        }
        File.WriteAllText(_folder["in.csv"], text.ToString());
        return (_folder["in.csv"], [.. starts]);
    }
}
