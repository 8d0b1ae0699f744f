using System.IO.Hashing;
using System.Runtime.InteropServices;
using Bert.MLNet.Embeddings;

namespace Bert.MLNet;

/// <summary>
/// A model whose vectors another model learns; see <see cref="EmbedDistillLoss.Teacher"/>. Immutable. The vectors of the texts are computed
/// once, before the training.
/// </summary>
public sealed record EmbeddingTeacher
{
    private readonly Func<EmbeddingSession> _open;

    /// <summary>Creates a teacher from a checkpoint.</summary>
    /// <param name="model">The checkpoint, of any family, or a table of static embeddings.</param>
    /// <param name="options">Pooling, prompt, length and batching; null for the checkpoint's own. <paramref name="model"/> replaces
    /// their <see cref="BertStepOptions.Model"/>.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message names it.</exception>
    public EmbeddingTeacher(BertModel model, BertEmbeddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        BertEmbeddingOptions resolved = ((options ?? new()) with { Model = model }).Resolve();
        Identity = $"{model.ContentHash} {resolved.Pooling} {resolved.Normalize} {resolved.TruncateDimension} " +
            $"{resolved.NumberOfLastLayers} {resolved.IncludePrompt} {resolved.MaxLength} {resolved.Prompt}";
        _open = () =>
        {
            var transformer = BertEmbeddingTransformer.Create(model, options);
            return new((texts, cancel) => [.. transformer.Embed(texts, cancel).Select(embedding => embedding.Vector)], transformer);
        };
    }

    private EmbeddingTeacher(string identity, Func<EmbeddingSession> open) => (Identity, _open) = (identity, open);

    /// <summary>
    /// A file that keeps the vectors, so that they are not computed again. New ones are added whenever <see cref="BatchSize"/> texts are
    /// done; an interrupted computation continues there. Vectors are found by their texts, in any order, so the file can serve several
    /// trainings. A file of another teacher is refused. Default null: vectors are kept in memory only.
    /// </summary>
    public string? CacheFile { get; init; }

    /// <summary>The number of texts that are computed between two reports. Default 1,024.</summary>
    public int BatchSize { get; init; } = 1_024;

    /// <summary>Receives the share of the texts whose vectors are known, from 0 to 1. Default null: no reports.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>The model and all else that determines its vectors.</summary>
    internal string Identity { get; }

    /// <summary>Creates a teacher from a function.</summary>
    /// <param name="identity">Names the model and all else that determines its vectors, so that a <see cref="CacheFile"/> with those of
    /// another model is not used.</param>
    /// <param name="embed">Computes the vectors of some texts, in the same order. All have the same number of values.</param>
    public static EmbeddingTeacher FromFunction(
        string identity, Func<IReadOnlyList<string>, CancellationToken, IReadOnlyList<ReadOnlyMemory<float>>> embed)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(identity);
        ArgumentNullException.ThrowIfNull(embed);
        return new EmbeddingTeacher(identity, () => new EmbeddingSession(embed, null));
    }

    /// <exception cref="ArgumentOutOfRangeException">An option has an invalid value; the message names it.</exception>
    internal void Check()
    {
        if (BatchSize < 1)
            throw new ArgumentOutOfRangeException(nameof(BatchSize), $"{nameof(BatchSize)} is {BatchSize}; it must be at least 1.");
    }

    /// <summary>Returns a vector for each text, in the same order. Those in the file are not computed again.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or a vector is not valid.</exception>
    /// <exception cref="InvalidOperationException">The file contains the vectors of another teacher.</exception>
    internal IReadOnlyList<float[]> Vectors(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        UInt128[] keys = [.. texts.Select(KeyOf)];
        var known = new Dictionary<UInt128, float[]?>();
        foreach (UInt128 key in keys)
            known[key] = null;
        using TeacherVectorFile? file = CacheFile is null ? null : TeacherVectorFile.Open(CacheFile, Identity);
        file?.Read(known);
        (UInt128 Key, string Text)[] missing = [.. keys.Zip(texts).Where(text => known[text.First] is null).DistinctBy(text => text.First)];
        int done = known.Count - missing.Length;
        if (missing.Length > 0)
        {
            using EmbeddingSession session = _open();
            foreach ((UInt128 Key, string Text)[] batch in missing.Chunk(BatchSize))
            {
                cancellationToken.ThrowIfCancellationRequested();
                float[][] vectors = Embed(session, [.. batch.Select(text => text.Text)], known, cancellationToken);
                foreach ((UInt128 key, float[] vector) in batch.Select(text => text.Key).Zip(vectors))
                    known[key] = vector;
                file?.Append([.. batch.Select(text => text.Key)], vectors);
                done += batch.Length;
                Progress?.Report((double)done / known.Count);
            }
        }
        return [.. keys.Select(key => known[key]!)];
    }

    private static float[][] Embed(
        EmbeddingSession session, string[] texts, Dictionary<UInt128, float[]?> known, CancellationToken cancellationToken)
    {
        float[][] vectors = [.. session.Embed(texts, cancellationToken).Select(vector => vector.ToArray())];
        if (vectors.Length != texts.Length)
            throw new InvalidDataException(
                $"The teacher returned {vectors.Length} vectors for {texts.Length} texts. It must return one for each.");
        int size = known.Values.FirstOrDefault(vector => vector is not null)?.Length ?? vectors[0].Length;
        foreach ((string text, float[] vector) in texts.Zip(vectors))
        {
            if (vector.Length != size || size == 0)
                throw new InvalidDataException(
                    $"The teacher's vectors have {size} and {vector.Length} values. All must have the same number, at least one.");
            if (!Array.TrueForAll(vector, float.IsFinite))
                throw new InvalidDataException(
                    $"The teacher's vector of \"{(text.Length > 40 ? text[..40] + "…" : text)}\" is not finite. Use another teacher, or " +
                    "remove that text.");
        }
        return vectors;
    }

    private static UInt128 KeyOf(string text) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes<char>(text));
}
