using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Onnx;

namespace Bert.MLNet.Benchmarks;

/// <summary>
/// What ML.NET offers without this library: tokens padded to 128 in a <c>CustomMapping</c>, <c>ApplyOnnxModel</c>, which runs one row at a
/// time, and the mean in another <c>CustomMapping</c>.
/// </summary>
/// <param name="tokenize">Turns a text into at most <see cref="Length"/> tokens.</param>
/// <param name="modelFile">The graph.</param>
/// <param name="width">Values of a hidden state.</param>
/// <param name="hasTypes">Whether the graph reads token types.</param>
internal sealed class OnnxTransformerContender(Func<string, IReadOnlyList<int>> tokenize, string modelFile, int width, bool hasTypes)
    : IDisposable
{
    /// <summary>Tokens of a row, padding included.</summary>
    public const int Length = 128;

    private readonly MLContext _ml = new();
    private readonly string[] _inputs = hasTypes ? ["input_ids", "attention_mask", "token_type_ids"] : ["input_ids", "attention_mask"];
    private TransformerChain<CustomMappingTransformer<HiddenRow, VectorRow>>? _chain;

    // Its operators take all cores, whatever is asked for.
    public Contender Contender => new($"OnnxTransformer, padded to {Length}, row by row", Environment.ProcessorCount, Embed);

    public void Dispose() => _chain?.Dispose();

    private float[][] Embed(IReadOnlyList<string> texts)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(texts.Select(text => new TextRow { Text = text }));
        _chain ??= Pipeline().Fit(data);
        IDataView view = _chain.Transform(data);
        return [.. view.GetColumn<float[]>(view.Schema[nameof(VectorRow.Features)])];
    }

    private EstimatorChain<CustomMappingTransformer<HiddenRow, VectorRow>> Pipeline() =>
        _ml.Transforms.CustomMapping<TextRow, TokenRow>(Tokenize, contractName: null)
            .Append(_ml.Transforms.ApplyOnnxModel(new OnnxOptions
            {
                ModelFile = modelFile,
                InputColumns = _inputs,
                OutputColumns = ["last_hidden_state"],
                ShapeDictionary = new Dictionary<string, int[]>(
                    _inputs.Select(input => KeyValuePair.Create<string, int[]>(input, [1, Length]))
                        .Append(KeyValuePair.Create<string, int[]>("last_hidden_state", [1, Length, width]))),
            }))
            .Append(_ml.Transforms.CustomMapping<HiddenRow, VectorRow>(Mean, contractName: null));

    private void Tokenize(TextRow row, TokenRow tokens)
    {
        IReadOnlyList<int> ids = tokenize(row.Text);
        tokens.InputIds = new long[Length];
        tokens.AttentionMask = new long[Length];
        tokens.TokenTypeIds = new long[Length];
        for (int i = 0; i < ids.Count; i++)
        {
            tokens.InputIds[i] = ids[i];
            tokens.AttentionMask[i] = 1;
        }
    }

    private void Mean(HiddenRow hidden, VectorRow vector)
    {
        vector.Features = new float[width];
        long count = hidden.AttentionMask.Sum();
        for (int i = 0; i < count; i++)
        {
            for (int j = 0; j < width; j++)
                vector.Features[j] += hidden.LastHiddenState[i * width + j] / count;
        }
    }

    private sealed class TokenRow
    {
        [ColumnName("input_ids"), VectorType(1, Length)]
        public long[] InputIds { get; set; } = [];

        [ColumnName("attention_mask"), VectorType(1, Length)]
        public long[] AttentionMask { get; set; } = [];

        [ColumnName("token_type_ids"), VectorType(1, Length)]
        public long[] TokenTypeIds { get; set; } = [];
    }

    private sealed class HiddenRow
    {
        [ColumnName("attention_mask"), VectorType(1, Length)]
        public long[] AttentionMask { get; set; } = [];

        [ColumnName("last_hidden_state"), VectorType]
        public float[] LastHiddenState { get; set; } = [];
    }
}
