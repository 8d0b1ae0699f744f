using System.Text;
using Bert.MLNet.Cli;

namespace Bert.MLNet.Tests.Cli;

/// <summary>Lines go out while others still come in, so that memory does not grow with the file.</summary>
public sealed class StreamingTests
{
    private const int Lines = 12_000;

    [Theory]
    [InlineData("tokenize")]
    [InlineData("encode", "--outputs", "pooler_output")]
    [InlineData("embed")]
    public async Task No_more_than_some_windows_of_lines_are_held(string verb, params string[] options)
    {
        using var folder = new TemporaryFolder();
        string model = new TinyCheckpoint { HiddenSize = 8, Layers = 1, Heads = 1, IntermediateSize = 8 }.Write(folder["model"]);
        using var input = new Source();
        using var output = new Sink(input);
        using var error = new StringWriter();
        Assert.Equal(0, await Tool.RunAsync([verb, "--model", model, .. options], new ToolStreams(input, output, error)));
        Assert.Equal(Lines, output.Count);
        Assert.InRange(output.MostHeld, 1, Lines / 2);
        Assert.InRange(output.ReadBeforeFirst, 1, 100);
    }

    /// <summary>Lines that are made when they are read.</summary>
    private sealed class Source : MemoryStream
    {
        private static readonly byte[] s_line = Encoding.UTF8.GetBytes("{\"text\": \"a b\"}\n");

        public int Given { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Given == Lines)
                return 0;
            Given++;
            s_line.CopyTo(buffer, offset);
            return s_line.Length;
        }
    }

    /// <summary>Counts lines, and how many were read and not yet answered.</summary>
    private sealed class Sink(Source source) : MemoryStream
    {
        public int Count { get; private set; }

        public int MostHeld { get; private set; }

        /// <summary>Lines that were read when the first answer came.</summary>
        public int ReadBeforeFirst { get; private set; }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Count == 0)
                ReadBeforeFirst = source.Given;
            MostHeld = Math.Max(MostHeld, source.Given - Count);
            Count += buffer.Count((byte)'\n');
        }
    }
}
