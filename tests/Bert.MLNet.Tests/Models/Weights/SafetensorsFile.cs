using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Bert.MLNet.Tests.Models;

/// <summary>
/// A safetensors file taken apart into header and data, so that tests can damage either. Written apart from the library's own reader.
/// </summary>
internal sealed record SafetensorsFile(string Header, byte[] Data)
{
    public static SafetensorsFile Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        return new SafetensorsFile(Encoding.UTF8.GetString(file, 8, length), file[(8 + length)..]);
    }

    public SafetensorsFile WithHeader(Action<JsonObject> change)
    {
        JsonObject header = JsonNode.Parse(Header)!.AsObject();
        change(header);
        return this with { Header = header.ToJsonString() };
    }

    public byte[] ToBytes()
    {
        byte[] header = Encoding.UTF8.GetBytes(Header);
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        return [.. prefix, .. header, .. Data];
    }

    public void Write(string path) => File.WriteAllBytes(path, ToBytes());
}
