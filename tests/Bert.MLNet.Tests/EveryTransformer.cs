using Microsoft.ML;

namespace Bert.MLNet.Tests;

/// <summary>One transformer of each kind that the library has, over small checkpoints, and data that all of them read.</summary>
internal static class EveryTransformer
{
    public sealed class Row
    {
        public string Text { get; set; } = "good film [MASK]";

        public string Other { get; set; } = "bad film";
    }

    private static readonly Dictionary<Type, Func<MLContext, IDataView, ITransformer>> s_fits = new()
    {
        [typeof(BertTokenizerTransformer)] = (ml, data) => ml.Transforms.Text.ApplyBertTokenizer(model: Model("BertModel")).Fit(data),
        [typeof(BertEncoderTransformer)] = (ml, data) => ml.Transforms.Text.ApplyBertEncoder(model: Model("BertModel")).Fit(data),
        [typeof(BertPoolingTransformer)] = (ml, data) => ml.Transforms.Text.ApplyBertPooling("Features").Fit(data),
        [typeof(BertEmbeddingTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", Model("BertModel")).Fit(data),
        [typeof(BertPairEmbeddingTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertPairEmbedding("Features", "Text", "Other", Model("BertModel")).Fit(data),
        [typeof(BertClassifierTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertClassifier("PredictedLabel", "Text", Model("BertForSequenceClassification")).Fit(data),
        [typeof(BertCrossEncoderTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertCrossEncoder("Score", "Text", "Other", Model("BertForSequenceClassification", "one")).Fit(data),
        [typeof(BertBiEncoderTransformer)] = (ml, data) => new BertBiEncoderTransformer(ml, new()
        {
            Model = Model("BertModel"),
            OutputColumnName = "Score",
            InputColumnName = "Text",
            PairColumnName = "Other",
            MinimumLabel = 0,
            MaximumLabel = 1,
        }),
        [typeof(BertTokenClassifierTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertTokenClassifier("Entities", "Text", Model("BertForTokenClassification")).Fit(data),
        [typeof(BertQuestionAnsweringTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertQuestionAnswering("Answer", "Text", "Other", Model("BertForQuestionAnswering", "start", "end"))
                .Fit(data),
        [typeof(BertZeroShotClassifierTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertZeroShotClassifier("PredictedLabel", "Text", ["film", "book"], NliModel).Fit(data),
        [typeof(BertExtractiveSummarizerTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertExtractiveSummarizer("Summary", "Text", Model("BertModel")).Fit(data),
        [typeof(BertExplanationTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertExplanation("Words", "Text", Model("BertForSequenceClassification")).Fit(data),
        [typeof(BertSequenceToSequenceTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertSequenceToSequence("Written", "Text", Model("BertModel").WithDecoder()).Fit(data),
        [typeof(BertFillMaskTransformer)] = (ml, data) =>
            ml.Transforms.Text.ApplyBertFillMask("Tokens", "Text", Model("BertForMaskedLM")).Fit(data),
    };

    public static IEnumerable<Type> Types =>
        typeof(BertModel).Assembly.ExportedTypes.Where(type => type.IsAssignableTo(typeof(ITransformer)) && !type.IsAbstract);

    /// <summary>A transformer, and the data that it takes: those of the steps before it where it reads tokens or hidden states.</summary>
    public static (ITransformer Transformer, IDataView Data) Create(MLContext ml, Type type)
    {
        IDataView data = ml.Data.LoadFromEnumerable([new Row()]);
        if (type == typeof(BertEncoderTransformer) || type == typeof(BertPoolingTransformer))
            data = s_fits[typeof(BertTokenizerTransformer)](ml, data).Transform(data);
        if (type == typeof(BertPoolingTransformer))
            data = s_fits[typeof(BertEncoderTransformer)](ml, data).Transform(data);
        return (s_fits[type](ml, data), data);
    }

    public static BertModel NliModel => Model("BertForSequenceClassification", "contradiction", "neutral", "entailment");

    public static BertModel Model(string architecture, params string[] labels) =>
        (labels.Length == 0
            ? new TinyCheckpoint { Architecture = architecture }
            : new TinyCheckpoint { Architecture = architecture, Labels = labels }).Load();
}
