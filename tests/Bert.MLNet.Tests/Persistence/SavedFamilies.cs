using Bert.MLNet.Models.Families;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>What later versions must load of each family and kind of tokenizer: encoder, head for masked words and tokens.</summary>
internal static class SavedFamilies
{
    private static readonly string[] s_others = ["bert", "distilbert"]; // which other pipelines have

    /// <summary>By name: the texts of the rows, and what is fitted.</summary>
    public static IEnumerable<KeyValuePair<string, (string[] Rows, Func<MLContext, IDataView, ITransformer> Fit)>> All =>
    [
        .. EveryFamily.All.Except(s_others).Select(family =>
            Pipeline(family, SavedPipelines.Small(EveryFamily.Checkpoint(family, HeadKind.MaskedLM)).Load())),
        .. new[] { "byte-level BPE", "Unigram" }.Select(kind => Pipeline(
            "tokenizer-" + kind.Replace(' ', '-'), TinyTokenizer.Load(SavedPipelines.Small("RobertaForMaskedLM"), kind))),
    ];

    private static KeyValuePair<string, (string[] Rows, Func<MLContext, IDataView, ITransformer> Fit)> Pipeline(
        string name, BertModel model)
    {
        string mask = model.Tokenizer.Options.MaskToken;
        string[] rows = [$"the film is {mask}\tgood", "\tgood", $"so {mask} and {mask} !\ta day"];
        return KeyValuePair.Create(name, (rows, (Func<MLContext, IDataView, ITransformer>)Fit));

        ITransformer Fit(MLContext ml, IDataView data) => SavedPipelines.Chain(Steps(ml, model)).Fit(data);
    }

    private static IEnumerable<IEstimator<ITransformer>> Steps(MLContext ml, BertModel model)
    {
        yield return ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model, normalize: true);
        yield return ml.Transforms.Text.ApplyBertFillMask("MaskTokens", "Text", model, topK: 2);
        yield return ml.Transforms.Text.ApplyBertTokenizer("Text", "Sentence2", model: model);
    }
}
