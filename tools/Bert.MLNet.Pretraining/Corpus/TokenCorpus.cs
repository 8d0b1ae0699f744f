using System.Runtime.InteropServices;
using Bert.MLNet.DataViews;

namespace Bert.MLNet.Pretraining;

/// <summary>
/// A tokenized text in memory and in one binary file: token ids (without special tokens) and where lines and documents start.
/// </summary>
internal sealed class TokenCorpus
{
    private const uint Magic = 0x31435442; // "BTC1"

    public TokenCorpus(ushort[] ids, int[] lineStarts, int[] documentStarts)
    {
        Ids = ids;
        LineStarts = lineStarts;
        DocumentStarts = documentStarts;
    }

    /// <summary>All token ids, in order.</summary>
    public ushort[] Ids { get; }

    /// <summary>Index into <see cref="Ids"/> at which each line starts.</summary>
    public int[] LineStarts { get; }

    /// <summary>Index into <see cref="LineStarts"/> of each document's first line.</summary>
    public int[] DocumentStarts { get; }

    /// <summary>The range of a line in <see cref="Ids"/>.</summary>
    public (int Start, int End) LineRange(int line) => (LineStarts[line], line + 1 < LineStarts.Length ? LineStarts[line + 1] : Ids.Length);

    /// <summary>The lines of a document: the first, and the one after the last.</summary>
    public (int First, int End) LinesOf(int document) =>
        (DocumentStarts[document], document + 1 < DocumentStarts.Length ? DocumentStarts[document + 1] : LineStarts.Length);

    /// <summary>The frequency of each token of a vocabulary, by id.</summary>
    public long[] Counts(int vocabularySize)
    {
        long[] counts = new long[vocabularySize];
        foreach (ushort id in Ids)
            counts[id]++;
        return counts;
    }

    /// <summary>The tokens of a document.</summary>
    public ReadOnlySpan<ushort> Document(int document)
    {
        (int first, int end) = LinesOf(document);
        return Ids.AsSpan(LineStarts[first]..LineRange(end - 1).End);
    }

    /// <summary>Tokenizes documents, each a list of lines, on all cores.</summary>
    /// <exception cref="NotSupportedException">The vocabulary has more than 65,536 tokens.</exception>
    public static TokenCorpus Create(IEnumerable<IReadOnlyList<string>> documents, BertTokenizer tokenizer)
    {
        if (tokenizer.Vocabulary.Size > ushort.MaxValue + 1)
            throw new NotSupportedException(
                $"A tokenized corpus contains 16-bit ids, but this vocabulary has {tokenizer.Vocabulary.Size} tokens.");
        var ids = new List<ushort>();
        var lineStarts = new List<int>();
        var documentStarts = new List<int>();
        foreach (IReadOnlyList<string>[] some in documents.Chunk(4096))
        {
            var encoded = new List<int>[some.Length][];
            Workers.Share(some.Length, Environment.ProcessorCount, (_, i) => encoded[i] =
                [.. some[i].Select(line => Encode(line, tokenizer))]);
            foreach (List<int>[] lines in encoded)
            {
                documentStarts.Add(lineStarts.Count);
                foreach (List<int> line in lines)
                {
                    lineStarts.Add(ids.Count);
                    ids.AddRange(line.Select(id => (ushort)id));
                }
            }
        }
        return new TokenCorpus([.. ids], [.. lineStarts], [.. documentStarts]);
    }

    /// <summary>Writes the file atomically.</summary>
    public void Save(string path)
    {
        string beside = path + ".tmp";
        using (var file = new BinaryWriter(File.Create(beside)))
        {
            file.Write(Magic);
            file.Write(Ids.Length);
            file.Write(LineStarts.Length);
            file.Write(DocumentStarts.Length);
            file.Write(MemoryMarshal.AsBytes<ushort>(Ids));
            file.Write(MemoryMarshal.AsBytes<int>(LineStarts));
            file.Write(MemoryMarshal.AsBytes<int>(DocumentStarts));
        }
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Reads a file that <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The file has another format or is truncated.</exception>
    public static TokenCorpus Load(string path)
    {
        using var file = new BinaryReader(File.OpenRead(path));
        if (file.ReadUInt32() != Magic)
            throw new InvalidDataException($"'{path}' is not a tokenized corpus; create one with 'tokenize'.");
        int ids = file.ReadInt32(), lines = file.ReadInt32(), documents = file.ReadInt32();
        if (16 + 2L * ids + 4L * lines + 4L * documents != file.BaseStream.Length)
            throw new InvalidDataException($"'{path}' is truncated; create it again with 'tokenize'.");
        var corpus = new TokenCorpus(new ushort[ids], new int[lines], new int[documents]);
        file.BaseStream.ReadExactly(MemoryMarshal.AsBytes(corpus.Ids.AsSpan()));
        file.BaseStream.ReadExactly(MemoryMarshal.AsBytes(corpus.LineStarts.AsSpan()));
        file.BaseStream.ReadExactly(MemoryMarshal.AsBytes(corpus.DocumentStarts.AsSpan()));
        return corpus;
    }

    private static List<int> Encode(string line, BertTokenizer tokenizer)
    {
        var ids = new List<int>(line.Length / 4);
        tokenizer.EncodeTo(line, ids);
        return ids;
    }
}
