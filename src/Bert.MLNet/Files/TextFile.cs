using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Bert.MLNet.Files;

/// <summary>
/// Reads text in UTF-8, or in UTF-16 or UTF-32 with a byte order mark. Invalid bytes are an error that names the line, after the text
/// before them has been read.
/// </summary>
internal sealed class TextFile : TextReader
{
    // Replaces invalid bytes in UTF-16 and UTF-32, whose decoders do not report their position. No text contains this noncharacter.
    private const char Invalid = '\uFFFE';

    private const string Save = "Save the file as UTF-8.";

    private readonly Stream _stream;
    private readonly string _name, _advice = Save;
    private readonly Decoder? _decoder;
    private readonly byte[] _bytes = new byte[1 << 16];
    private readonly char[] _chars = new char[1 << 16];
    private int _byteCount, _start, _end;
    private long _line = 1;
    private bool _isLast, _isInvalid, _endsWithReturn, _skipsLineFeed;

    /// <summary>Opens a stream and takes ownership of it.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">The name of the file in messages.</param>
    public TextFile(Stream stream, string name)
    {
        (_stream, _name) = (stream, name);
        while (_byteCount < 4 && !_isLast && (_byteCount == 0 || _bytes[0] is 0xEF or 0xFE or 0xFF or 0))
            ReadBytes();
        _advice = AdviceFor(_bytes.AsSpan(0, _byteCount));
        (Encoding? encoding, int mark) = _bytes switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (null, 3),
            [0xFF, 0xFE, 0, 0, ..] when _byteCount >= 4 => (Encoding.UTF32, 4),
            [0, 0, 0xFE, 0xFF, ..] => (Encoding.GetEncoding("utf-32BE"), 4),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            _ => ((Encoding?)null, 0),
        };
        _isInvalid = mark == 0 && _byteCount > 1 && (_bytes[0] == 0 || _bytes[1] == 0); // UTF-16 or UTF-32 without a mark
        Discard(mark);
        if (encoding is null)
            return;
        encoding = (Encoding)encoding.Clone();
        encoding.DecoderFallback = new DecoderReplacementFallback(Invalid.ToString());
        _decoder = encoding.GetDecoder();
    }

    /// <summary>Opens a stream of UTF-8 that continues a text, without a byte order mark, and takes ownership of it.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="line">The number of the first line.</param>
    public TextFile(Stream stream, string name, long line) => (_stream, _name, _line) = (stream, name, line);

    /// <summary>The name of the file in messages.</summary>
    public string Name => _name;

    /// <summary>The number of the last line that was decoded, or, at the end of a text that ends with a line break, the next one.</summary>
    public long Line => _line;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">The file cannot be read, or is a folder.</exception>
    public static TextFile Open(string path) => Directory.Exists(path)
        ? throw new IOException($"'{path}' is a folder. Specify the path of a file.")
        : new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1), $"'{path}'");

    /// <summary>The lines of a file, read lazily. They end with a line feed, a carriage return, or both.</summary>
    /// <exception cref="InvalidDataException">A line is not UTF-8; the message names it.</exception>
    public static IEnumerable<string> ReadLines(string path)
    {
        using TextFile file = Open(path);
        while (file.ReadLine() is { } line)
            yield return line;
    }

    public override int Peek() => _start < _end || Fill() ? _chars[_start] : -1;

    public override int Read() => _start < _end || Fill() ? _chars[_start++] : -1;

    public override int Read(char[] buffer, int index, int count) => Read(buffer.AsSpan(index, count));

    public override int Read(Span<char> buffer)
    {
        if (_start == _end && !Fill())
            return 0;
        int count = Math.Min(buffer.Length, _end - _start);
        _chars.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override string? ReadLine()
    {
        if (_start == _end && !Fill())
            return null;
        StringBuilder? before = null;
        do
        {
            ReadOnlySpan<char> text = _chars.AsSpan(_start, _end - _start);
            int end = text.IndexOfAny('\r', '\n');
            if (end < 0)
            {
                (before ??= new StringBuilder()).Append(text);
                continue;
            }
            _start += end + 1;
            _skipsLineFeed = text[end] == '\r' && _start == _end; // not read yet: a pipe may have no more data at the moment
            if (text[end] == '\r' && _start < _end && _chars[_start] == '\n')
                _start++;
            return before is null ? text[..end].ToString() : before.Append(text[..end]).ToString();
        }
        while (Fill());
        return before!.ToString();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Decodes the next bytes.</summary>
    /// <returns>Whether there were any.</returns>
    private bool Fill()
    {
        while (!_isInvalid)
        {
            int used = _byteCount, written;
            if (_decoder is null)
            {
                _isInvalid = Utf8.ToUtf16(
                    _bytes.AsSpan(0, _byteCount), _chars, out used, out written, replaceInvalidSequences: false,
                    isFinalBlock: _isLast) == OperationStatus.InvalidData;
            }
            else
            {
                written = _decoder.GetChars(_bytes.AsSpan(0, _byteCount), _chars, flush: _isLast);
                int invalid = _chars.AsSpan(0, written).IndexOf(Invalid);
                (written, _isInvalid) = invalid < 0 ? (written, false) : (invalid, true);
            }
            Discard(used);
            CountLines(_chars.AsSpan(0, written));
            _start = written > 0 && _skipsLineFeed && _chars[0] == '\n' ? 1 : 0;
            _skipsLineFeed &= written == 0;
            _end = written;
            if (_start < _end)
                return true;
            if (_isLast && !_isInvalid)
                return false;
            ReadBytes();
        }
        throw new InvalidDataException(
            string.Create(CultureInfo.InvariantCulture, $"Line {_line} of {_name} is not UTF-8. {_advice}"));
    }

    /// <summary>What to do if a file with these first bytes turns out not to be text.</summary>
    private static string AdviceFor(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, ..] or [(byte)'B', (byte)'Z', (byte)'h', ..] or [0xFD, (byte)'7', (byte)'z', ..] or [0x28, 0xB5, 0x2F, 0xFD, ..] =>
            "It is compressed: decompress it first, for example with gunzip, bunzip2, unxz or unzstd.",
        [(byte)'P', (byte)'K', 3, 4, ..] =>
            "It is a zip archive or a workbook (.xlsx): extract the archive, or export the sheet as .csv in UTF-8.",
        [0xD0, 0xCF, 0x11, 0xE0, ..] => "It is a workbook (.xls): export the sheet as .csv in UTF-8.",
        [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "It is a Parquet file: rename it to .parquet.",
        _ => Save,
    };

    private void ReadBytes()
    {
        int read = _stream.Read(_bytes, _byteCount, _bytes.Length - _byteCount);
        _byteCount += read;
        _isLast = read == 0;
    }

    private void Discard(int bytes)
    {
        _byteCount -= bytes;
        _bytes.AsSpan(bytes, _byteCount).CopyTo(_bytes);
    }

    private void CountLines(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return;
        _line += text.Count('\n') + text.Count('\r') - text.Count("\r\n") - (_endsWithReturn && text[0] == '\n' ? 1 : 0);
        _endsWithReturn = text[^1] == '\r';
    }
}
