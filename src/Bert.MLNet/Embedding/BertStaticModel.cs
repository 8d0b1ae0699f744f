using System.Numerics.Tensors;
using System.Text.RegularExpressions;
using Bert.MLNet.DataViews;
using Bert.MLNet.Embeddings;
using Bert.MLNet.Encoders;
using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet;

/// <summary>Turns checkpoints into static embeddings.</summary>
public static partial class BertStaticModel
{
    /// <summary>
    /// Creates a checkpoint with a table instead of a network: one vector for each token of the vocabulary. The vector of a text is the
    /// mean over its tokens, hundreds of times as fast to compute as with the network, and less accurate. ONNX Runtime is not used.
    /// </summary>
    /// <remarks>
    /// As in model2vec's <c>distill</c>, the vector of a token is what the checkpoint computes for a text of this token alone, reduced to
    /// its principal components and weighted by the token's frequency. Special tokens have no vector. The result works in
    /// <c>ApplyBertEmbedding</c>, <c>ApplyBertPairEmbedding</c>, generators and <c>model.zip</c>, and is saved in a format that
    /// model2vec and sentence-transformers read.
    /// </remarks>
    /// <param name="model">The checkpoint.</param>
    /// <param name="options">The number of values, the weights and the precision; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option does not fit the checkpoint; the message names it.</exception>
    /// <exception cref="NotSupportedException">The checkpoint is a table already.</exception>
    public static BertModel ToStatic(this BertModel model, BertStaticOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.RequireNetwork();
        options ??= new();
        RequiredOptions.Check(options);
        Check(options, model);
        int threads = options.Batching.Validated().Threads;
        int[] ids = [.. Enumerable.Range(0, model.Tokenizer.Vocabulary.Size).Where(id => HasVector(model.Tokenizer, id))];
        if (ids.Length == 0)
            throw new ArgumentException($"The vocabulary of '{model.Name}' has only special tokens.", nameof(model));

        float[][] vectors = TokenVectors(model, ids, options);
        if (options.Dimension is { } dimension)
        {
            if (dimension > Math.Min(vectors[0].Length, ids.Length))
                throw new ArgumentException(
                    $"{nameof(options.Dimension)} is {dimension}, but there are {ids.Length} tokens with vectors of {vectors[0].Length} " +
                    $"values. Keep at most {Math.Min(vectors[0].Length, ids.Length)}, or all with null.", nameof(options));
            vectors = PrincipalComponents.Project(vectors, dimension, threads);
        }
        double total = options.TokenCounts?.Sum() ?? Enumerable.Range(2, ids.Length).Sum(place => 1.0 / place);
        int width = vectors[0].Length;
        float[] rows = new float[model.Tokenizer.Vocabulary.Size * width];
        foreach ((int rank, int id) in ids.Index())
            TensorPrimitives.Multiply(vectors[rank], (float)Weight(rank, id), rows.AsSpan(id * width, width));
        StaticTable table = StaticTableWriter.Create(rows, width, options.Precision);
        var sentence = new BertSentenceOptions { Normalize = options.Normalize, Similarity = model.Sentence.Similarity };
        return StaticFiles.Create(ModelFamilies.Static.Defaults, model.Tokenizer.ForTable(), table, sentence, model.Name);

        double Weight(int rank, int id) => options.SifCoefficient is not { } a ? 1 : a / (a + Share(rank, id));
        double Share(int rank, int id) => (options.TokenCounts is { } counts ? counts[id] : 1.0 / (rank + 2)) / Math.Max(total, 1e-9);
    }

    /// <summary>
    /// Returns static embeddings to use instead of a checkpoint: the included table, which learned from a teacher, instead of the included
    /// network; otherwise a conversion.
    /// </summary>
    /// <param name="model">The checkpoint.</param>
    /// <exception cref="NotSupportedException">The checkpoint is a table already.</exception>
    internal static BertModel ToFast(this BertModel model) =>
        model.IsDefault ? BertModel.DefaultStatic : model.ToStatic(new() { Dimension = FastDimension(model) });

    /// <summary>The number of values of the vectors of <see cref="ToFast"/>: the default, but no more than the checkpoint's.</summary>
    internal static int FastDimension(BertModel model) => Math.Min(
        new BertEmbeddingEstimator.Options { Model = model }.Resolve().Dimension, new BertStaticOptions().Dimension!.Value);

    /// <summary>
    /// Creates the same table of static embeddings with other numbers, which determine the size of its file: Float16 halves a trained
    /// table, and Int8 halves it again.
    /// </summary>
    /// <param name="model">A checkpoint with static embeddings, such as one from <see cref="ToStatic"/> or from a trainer.</param>
    /// <param name="precision">The numbers in the table.</param>
    /// <exception cref="ArgumentException">The precision is not one of the values.</exception>
    /// <exception cref="NotSupportedException">The checkpoint has a network instead of a table, or a form without int8.</exception>
    public static BertModel WithStaticPrecision(this BertModel model, BertStaticPrecision precision)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(precision, nameof(precision));
        StaticTable table = model.Table ?? throw new NotSupportedException(
            $"'{model.Name}' is a network, not a table of static embeddings. Create one with ToStatic.");
        if (precision == BertStaticPrecision.Int8 && table.CountsUnknown)
            throw new NotSupportedException(
                $"'{model.Name}' has the form of sentence-transformers' StaticEmbedding, which has no int8. Choose " +
                $"{BertStaticPrecision.Float16}, or train a table that ToStatic created.");
        return StaticFiles.Create(
            model.Config, model.Tokenizer, StaticTableWriter.Create(table.ToVectors(), table.Width, precision, table.Vectors.Name),
            model.Sentence, model.Name);
    }

    private static void Check(BertStaticOptions options, BertModel model)
    {
        if (options.Dimension < 1)
            throw new ArgumentException($"{nameof(options.Dimension)} is {options.Dimension}; it must be at least 1, or null.");
        if (options.SifCoefficient is { } a && !(a > 0 && double.IsFinite(a)))
            throw new ArgumentException($"{nameof(options.SifCoefficient)} is {a}; it must be above 0, and is usually 0.0001.");
        Check(options.Precision, nameof(options.Precision));
        if (options.TokenCounts is { } counts && (counts.Count < model.Tokenizer.Vocabulary.Size || counts.Any(count => count < 0)))
            throw new ArgumentException(
                $"{nameof(options.TokenCounts)} has {counts.Count} counts; give one of at least 0 for each of the " +
                $"{model.Tokenizer.Vocabulary.Size} tokens.");
    }

    private static void Check(BertStaticPrecision precision, string name)
    {
        if (!Enum.IsDefined(precision))
            throw new ArgumentException(
                $"{name} is {precision}; choose one of {string.Join(", ", Enum.GetNames<BertStaticPrecision>())}.");
    }

    // Unused tokens never occur in texts, and would only distort the components.
    private static bool HasVector(BertTokenizer tokenizer, int id) =>
        tokenizer.Vocabulary[id] is { } token && !tokenizer.IsSpecial(id) && !Unused().IsMatch(token);

    [GeneratedRegex(@"^\[unused\d+\]$")]
    private static partial Regex Unused();

    /// <summary>Computes the vectors of texts of one token each, before normalization.</summary>
    private static float[][] TokenVectors(BertModel model, int[] ids, BertStaticOptions options)
    {
        var embedding = (BertEmbeddingEstimator.Options)new BertEmbeddingEstimator.Options
        {
            Model = model, Prompt = "", Normalize = false, Batching = options.Batching,
        }.Resolve();
        using TextWork<VectorRow, TokenSequence<float[]>> embedder = TextEmbedder.Open(embedding);
        return embedder.Compute([.. ids.Select(id => OfToken(model.Tokenizer, id))], options.Batching.Validated().Threads);
    }

    private static TokenSequence<float[]> OfToken(BertTokenizer tokenizer, int id)
    {
        var ids = new List<int>();
        tokenizer.EncodeTo([id], ids);
        return SequenceVectors.Sequence(ids);
    }
}
