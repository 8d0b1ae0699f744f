using Bert.MLNet.Models.Families;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>What later versions must load of each family: its encoder, its head for masked words and its tokens.</summary>
internal static class SavedFamilies
{
    private static readonly string[] s_others = ["bert", "distilbert"]; // which other pipelines have

    /// <summary>By name: the texts of the rows, and what is fitted.</summary>
    public static IEnumerable<KeyValuePair<string, (string[] Rows, Func<MLContext, IDataView, ITransformer> Fit)>> All =>
        EveryFamily.All.Except(s_others).Select(family =>
        {
            BertModel model = SavedPipelines.Small(EveryFamily.Checkpoint(family, HeadKind.MaskedLM)).Load();
            string mask = model.Tokenizer.Options.MaskToken;
            string[] rows = [$"the film is {mask}\tgood", "\tgood", $"so {mask} and {mask} !\ta day"];
            ITransformer Fit(MLContext ml, IDataView data) => SavedPipelines.Chain(Steps(ml, model)).Fit(data);
            return KeyValuePair.Create(family, (rows, (Func<MLContext, IDataView, ITransformer>)Fit));
        });

    private static IEnumerable<IEstimator<ITransformer>> Steps(MLContext ml, BertModel model)
    {
        yield return ml.Transforms.Text.ApplyBertEmbedding("Features", "Text", model, normalize: true);
        yield return ml.Transforms.Text.ApplyBertFillMask("MaskTokens", "Text", model, topK: 2);
        yield return ml.Transforms.Text.ApplyBertTokenizer("Text", "Sentence2", model: model);
    }
}
