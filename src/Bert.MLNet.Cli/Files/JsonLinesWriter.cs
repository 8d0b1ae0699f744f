using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bert.MLNet.Cli.Files;

/// <summary>Writes JSON lines, each one atomically. Floats are written so that reading them returns the same float.</summary>
internal sealed class JsonLinesWriter : IDisposable
{
    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Utf8JsonWriter _json;

    public JsonLinesWriter(Stream stream)
    {
        _stream = stream;
        _json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Writes one line: the id of the line that it answers, and its fields.</summary>
    public void Write(JsonLine source, Action<Utf8JsonWriter> writeFields)
    {
        _line.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        source.WriteIdTo(_json);
        writeFields(_json);
        _json.WriteEndObject();
        _json.Flush();
        _stream.Write(_line.WrittenSpan);
        _stream.WriteByte((byte)'\n');
    }

    public void Dispose() => _json.Dispose();
}
