using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Bert.MLNet.Files;
using Bert.MLNet.Tests.Cli;
using CsCheck;

namespace Bert.MLNet.Tests.Files;

/// <summary>Text in any encoding that says what it is, from streams that give a few bytes at a time, and bytes that are no text.</summary>
public sealed class TextFileTests
{
    private static readonly Gen<string> s_text = OneOf("a", "é", "中", "😀", "\r", "\n", "\r\n", " ", "\0", "\uFEFF", "\uFFFD", "xyz")
        .Array[0, 60].Select(parts => "It" + string.Concat(parts));

    private static readonly Encoding[] s_encodings =
    [
        new UTF8Encoding(false), new UTF8Encoding(true), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true),
        new UTF32Encoding(false, true), new UTF32Encoding(true, true),
    ];

    private static readonly Regex s_lineEnd = new("\r\n|\r|\n", RegexOptions.Compiled);

    [Fact]
    public void Text_and_its_lines_are_the_same_in_every_encoding_and_in_pieces_of_any_size() =>
        Gen.Select(s_text, OneOf(s_encodings), Gen.Int[1, 9]).Sample((text, encoding, size) =>
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
            Assert.Equal(text, Open(bytes, size).ReadToEnd());
            string[] lines = s_lineEnd.Split(text);
            Assert.Equal(lines[^1].Length == 0 ? lines[..^1] : lines, Lines(Open(bytes, size)));
            TextFile single = Open(bytes, size);
            Assert.Equal(text, string.Concat(text.Select(_ => (single.Peek(), (char)single.Read()).Item2)));
            Assert.Equal((-1, -1), (single.Peek(), single.Read()));
        }, iter: 2000);

    [Fact]
    public void A_byte_that_is_not_UTF_8_is_an_error_with_its_line_after_the_text_before_it() =>
        Gen.Select(s_text, s_text, OneOf<byte[]>([0xE9], [0x80], [0xFF], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF5]), Gen.Int[1, 9])
            .Sample((before, after, wrong, size) =>
        {
            byte[] bytes = [.. Encoding.UTF8.GetBytes(before), .. wrong, .. Encoding.UTF8.GetBytes(after)];
            TextFile file = Open(bytes, size);
            var read = new StringBuilder();
            var error = Assert.Throws<InvalidDataException>(() =>
            {
                while (file.Read() is var next and >= 0)
                    read.Append((char)next);
            });
            Assert.Equal(before, read.ToString());
            Assert.Equal($"Line {s_lineEnd.Count(before) + 1} of 'it' is not UTF-8. Save the file as UTF-8.", error.Message);
        }, iter: 1000);

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0, (byte)'\n', 0, 0x00, 0xD8, (byte)'b', 0 }, 2)] // half a surrogate pair
    [InlineData(new byte[] { 0xFE, 0xFF, 0, (byte)'a', 0, (byte)'\r', 0 }, 2)] // half a unit
    [InlineData(new byte[] { 0xFF, 0xFE, 0, 0, (byte)'a', 0, 0, 0, 0, 0, 0x11, 0 }, 1)] // beyond U+10FFFF
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b', 0 }, 1)] // UTF-16 without a mark
    [InlineData(new byte[] { 0, (byte)'a', 0, (byte)'b' }, 1)]
    public void UTF_16_and_UTF_32_that_are_damaged_or_unmarked_are_errors_with_their_line(byte[] bytes, int line)
    {
        var error = Assert.Throws<InvalidDataException>(() => Lines(Open(bytes, 3)));
        Assert.Equal($"Line {line} of 'it' is not UTF-8. Save the file as UTF-8.", error.Message);
    }

    [Theory]
    [InlineData("gz", "It is compressed: decompress it first, for example with gunzip")]
    [InlineData("xlsx", "It is a zip archive or a workbook (.xlsx): extract the archive, or export the sheet as .csv")]
    [InlineData("xls", "It is a workbook (.xls): export the sheet as .csv")]
    [InlineData("parquet", "It is a Parquet file: rename it to .parquet")]
    public void A_file_of_another_kind_is_an_error_that_says_what_to_do(string kind, string advice)
    {
        byte[] bytes = kind switch
        {
            "gz" => Compressed("text\tlabel\ngood\t1\n"u8),
            "xlsx" => Zip("[Content_Types].xml", "xl/workbook.xml"),
            "xls" => [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            _ => [.. "PAR1"u8, 0x15, 0x04, 0x15, 0xA0, 0x9F],
        };
        var error = Assert.Throws<InvalidDataException>(() => Lines(Open(bytes, bytes.Length)));
        Assert.Contains(" of 'it' is not UTF-8. " + advice, error.Message, StringComparison.Ordinal);

        static byte[] Compressed(ReadOnlySpan<byte> text)
        {
            using var written = new MemoryStream();
            using (var stream = new GZipStream(written, CompressionLevel.Optimal))
                stream.Write(text);
            return written.ToArray();
        }

        static byte[] Zip(params string[] entries)
        {
            using var written = new MemoryStream();
            using (var zip = new ZipArchive(written, ZipArchiveMode.Create, leaveOpen: true))
            {
                foreach (string entry in entries)
                {
                    using Stream stream = zip.CreateEntry(entry).Open();
                    stream.Write("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"u8);
                }
            }
            return written.ToArray();
        }
    }

    [Fact]
    public void A_line_that_a_pipe_has_ended_is_not_held_back_for_what_may_follow()
    {
        using var pipe = new Pipe("a\r"u8.ToArray());
        using var file = new TextFile(pipe, "it");
        Assert.Equal("a", file.ReadLine());
        Assert.Equal(1, pipe.Reads);
    }

    [Fact]
    public async Task Every_verb_names_the_line_that_is_not_UTF_8()
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint().Write(folder["model"]);
        byte[] latin = [.. "Text,text,Label,label\nfood,food,good,1\ncaf"u8, 0xE9, .. ",b,bad,0\n"u8];
        foreach (string form in (string[])["csv", "tsv", "txt", "jsonl"])
            await File.WriteAllBytesAsync(
                folder["in." + form], form == "jsonl"
                    ? [.. "{\"text\": \"a\"}\n\n{\"text\": \"caf"u8, 0xE9, .. "\"}\n"u8]
                    : form == "tsv"
                    ? [.. latin.Select(value => value == ',' ? (byte)'\t' : value)]
                    : latin, TestContext.Current.CancellationToken);
        foreach (string command in (string[])
        [
            "text-classification --text-col Text --dataset in.csv", "text-classification --text-col Text --dataset in.tsv",
            "text-classification --text-col text --label-col text --dataset in.jsonl",
            "embed --dataset in.csv", "tokenize --dataset in.tsv", "search x --dataset in.csv", "similarity --dataset in.jsonl",
            "encode --dataset in.csv",
            "pretrain --dataset in.txt", "pretrain --dataset in.csv --text-col text", "train-vocabulary --dataset in.txt",
        ])
        {
            string[] words = [.. command.Split(' ').Select(word => word.StartsWith("in.", StringComparison.Ordinal) ? folder[word] : word)];
            ToolRun run = await ToolRun.Of(
                "", [.. words, .. words[0] == "train-vocabulary" ? Array.Empty<string>() : ["--model", model], "--output", folder["out"]]);
            Assert.Equal((1, $"Line 3 of '{words.Single(word => word.Contains("/in.", StringComparison.Ordinal))}' is not UTF-8. Save " +
                "the file as UTF-8."), (run.ExitCode, run.Error.Split('\n')[^1]));
            Assert.False(Path.Exists(folder["out"]));
        }
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static TextFile Open(byte[] bytes, int size) => new(new Pieces(bytes, size), "'it'");

    private static List<string> Lines(TextFile file)
    {
        var lines = new List<string>();
        while (file.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, size));
    }

    /// <summary>Counts how often it is asked.</summary>
    private sealed class Pipe(byte[] bytes) : MemoryStream(bytes)
    {
        public int Reads { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            Reads++;
            return base.Read(buffer, offset, count);
        }
    }
}
