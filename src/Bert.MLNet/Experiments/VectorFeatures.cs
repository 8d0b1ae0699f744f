using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace Bert.MLNet.Experiments;

/// <summary>Vectors of all rows, which are computed once.</summary>
/// <param name="Steps">The steps that compute them.</param>
/// <param name="Rows">The rows with their vectors, in memory.</param>
/// <param name="Validation">The validation rows with their vectors, or null.</param>
/// <param name="MillisecondsPerRow">The time for one row.</param>
internal sealed record VectorView(IReadOnlyList<ITransformer> Steps, IDataView Rows, IDataView? Validation, double MillisecondsPerRow);

/// <summary>Computes vectors of the rows of an experiment, each kind once.</summary>
/// <param name="data">The rows.</param>
/// <param name="texts">The names of the text columns, one or two.</param>
/// <param name="clock">The clock of the experiment.</param>
/// <param name="seed">The seed.</param>
internal sealed class VectorFeatures(ExperimentData data, IReadOnlyList<string> texts, ExperimentClock clock, int seed)
{
    /// <summary>The column of vectors that trainers read.</summary>
    public const string Features = "BertFeatures";

    private const string Vectors = "BertVectors", NGrams = "BertNGrams", Cosine = "BertCosine";

    /// <summary>The number of rows whose time is measured before all are computed.</summary>
    private const int SampleRows = 32;

    private const int RowsBetweenChecks = 256;

    private readonly Dictionary<(VectorKind, BertModel?), VectorView> _views = [];
    private readonly Dictionary<BertModel, BertModel> _tables = [];

    /// <summary>Returns the vectors of a contender.</summary>
    /// <param name="contender">The contender.</param>
    /// <param name="share">The share of the remaining time that computing vectors may take.</param>
    /// <exception cref="TimeoutException">There is not enough time; the message says how much is needed.</exception>
    /// <exception cref="OperationCanceledException">The experiment ended.</exception>
    public VectorView Get(VectorContender contender, double share)
    {
        (VectorKind, BertModel?) key = (contender.Features, contender.Features.HasNGrams && !contender.Features.HasVectors
            ? null
            : contender.Model);
        if (!_views.TryGetValue(key, out VectorView? view))
            _views[key] = view = Compute(contender, share);
        return view;
    }

    /// <summary>The number of values of the static embeddings that a checkpoint is turned into; null if it is used as it is.</summary>
    public static int? TableDimension(BertModel model, VectorKind kind) =>
        kind.IsStatic ? BertStaticModel.FastDimension(model) : null;

    private VectorView Compute(VectorContender contender, double share)
    {
        var ml = new MLContext(seed);
        VectorKind kind = contender.Features;
        if (kind.JoinedWithNGrams is not { } part)
        {
            ITransformer[] steps = kind.HasNGrams ? [NGramStep(ml, Features).Fit(data.Rows)] : [.. Embedding(ml, kind, contender.Model!)];
            return Fill(ml, steps, data.Rows, data.Validation, share);
        }
        // The vectors alone are already there, or are computed for both.
        VectorView embeddings = Get(contender with { Features = part }, share);
        ITransformer ngrams = NGramStep(ml, NGrams).Fit(data.Rows);
        ITransformer joined = ml.Transforms.Concatenate(Features, NGrams, Vectors).Fit(ngrams.Transform(embeddings.Rows));
        VectorView view = Fill(ml, [ngrams, joined], embeddings.Rows, embeddings.Validation, share);
        return view with
        {
            Steps = [.. embeddings.Steps.SkipLast(1), .. view.Steps], // all but the one that names the vectors as features
            MillisecondsPerRow = view.MillisecondsPerRow + embeddings.MillisecondsPerRow,
        };
    }

    private TextFeaturizingEstimator NGramStep(MLContext ml, string output) =>
        ml.Transforms.Text.FeaturizeText(output, new TextFeaturizingEstimator.Options(), [.. texts]);

    private IEnumerable<ITransformer> Embedding(MLContext ml, VectorKind kind, BertModel model)
    {
        if (kind.IsStatic)
            model = Table(model);
        IDataView rows = data.Rows;
        ITransformer vectors = texts.Count == 1
            ? ml.Transforms.Text.ApplyBertEmbedding(Vectors, texts[0], model, normalize: true).Fit(rows)
            : ml.Transforms.Text.ApplyBertPairEmbedding(new BertPairEmbeddingEstimator.Options
            {
                Model = model,
                OutputColumnName = Vectors,
                InputColumnName = texts[0],
                PairColumnName = texts[1],
                CosineColumnName = Cosine,
                Normalize = true,
            }).Fit(rows);
        yield return vectors;
        string[] parts = !kind.HasVectors ? [Cosine] : texts.Count == 1 ? [Vectors] : [Vectors, Cosine];
        yield return ml.Transforms.Concatenate(Features, parts).Fit(vectors.Transform(rows));
    }

    private BertModel Table(BertModel model)
    {
        if (!_tables.TryGetValue(model, out BertModel? table))
        {
            _tables[model] = table = model.ToFast();
        }
        return table;
    }

    private VectorView Fill(MLContext ml, ITransformer[] steps, IDataView rows, IDataView? validation, double share)
    {
        // Steps read rows ahead, so that only these rows may be there. The first time includes opening the checkpoint.
        IDataView some = Apply(new SelectedRows(rows, row => row < SampleRows));
        Read(some);
        double sample = Seconds(() => Read(some)) / Math.Min(SampleRows, data.Count);
        double needed = sample * (data.Count + data.ValidationLabels.Length);
        if (needed > share * clock.SecondsLeft)
            throw new TimeoutException($"Its vectors need about {Math.Ceiling(needed)} seconds, and there are not that many left.");
        IDataView computed = Apply(rows);
        IDataView cached = ml.Data.Cache(computed, [.. ColumnsOf(computed)]);
        double seconds = Seconds(() => Read(cached));
        IDataView? cachedValidation = null;
        if (validation is not null)
        {
            cachedValidation = ml.Data.Cache(Apply(validation), [.. ColumnsOf(computed)]);
            Read(cachedValidation);
        }
        return clock.IsOver
            ? throw new OperationCanceledException("The experiment ended while vectors were computed.")
            : new VectorView(steps, cached, cachedValidation, 1000 * seconds / Math.Max(1, data.Count));

        // Caching runs in the background, and ends with the experiment.
        IDataView Apply(IDataView input)
        {
            int read = 0;
            return steps.Aggregate(
                (IDataView)new SelectedRows(
                    input, _ => true, () => clock.IsCancelled || ++read % RowsBetweenChecks == 0 && clock.IsOver),
                (view, step) => step.Transform(view));
        }
    }

    private IEnumerable<string> ColumnsOf(IDataView view) =>
        data.Rows.Schema.Concat(view.Schema.Where(column => column.Name is Features or Vectors))
            .Where(column => !column.IsHidden).Select(column => column.Name).Distinct();

    private double Seconds(Action work)
    {
        double start = clock.Seconds;
        work();
        return clock.Seconds - start;
    }

    private static void Read(IDataView view)
    {
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema[Features]]);
        ValueGetter<VBuffer<float>> get = cursor.GetGetter<VBuffer<float>>(view.Schema[Features]);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
            get(ref value);
    }
}
