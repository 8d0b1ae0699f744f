using System.Text.Json;
using Bert.MLNet.Models;
using Bert.MLNet.Tests.Encoders;
using Bert.MLNet.Training;
using TorchSharp;

namespace Bert.MLNet.Tests.Training;

/// <summary>The modules that are trained give what HuggingFace's classes of the same names give.</summary>
[Collection(UsesTorch.Name)]
public class TaskModuleTests
{
    public TaskModuleTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("bert-seqclass-random"), InlineData("distilbert-random"), InlineData("mpnet-seqclass-random"),
        InlineData("roberta-seqclass-random"), InlineData("xlm-roberta-seqclass-random"), InlineData("electra-seqclass-random"),
        InlineData("albert-seqclass-random")]
    [InlineData("modernbert-seqclass-random"), InlineData("deberta-v3-seqclass-random")]
    public void Logits_of_rows_equal_the_reference(string checkpoint) =>
        CompareEach(checkpoint, config => new BertForSequenceClassification(config), (module, batch) => module.Forward(batch),
            (reference, outputs, logits, row) =>
            reference.Equal(outputs.GetProperty("logits"), logits, $"{row}"));

    [Theory]
    [InlineData("bert-tokenclass-random", 9), InlineData("roberta-tokenclass-random", 7), InlineData("deberta-v3-tokenclass-random", 7)]
    public void Logits_of_tokens_equal_the_reference(string checkpoint, int labels) =>
        CompareEach(checkpoint, config => new BertForTokenClassification(config), (module, batch) => module.Forward(batch),
            (reference, outputs, logits, row) =>
        {
            int[] rows = outputs.GetProperty("logit_rows") is { ValueKind: JsonValueKind.Array } some
                ? [.. some.EnumerateArray().Select(value => value.GetInt32())]
                : [.. Enumerable.Range(0, logits.Length / labels)];
            foreach ((int token, JsonElement expected) in rows.Zip(outputs.GetProperty("logits").EnumerateArray()))
                reference.Equal(expected, logits.AsSpan(token * labels, labels), $"{row} token {token}");
        });

    [Theory]
    [InlineData("bert-qa-random"), InlineData("roberta-qa-random")]
    public void Logits_of_answers_equal_the_reference(string checkpoint) =>
        CompareEach(checkpoint, config => new BertForQuestionAnswering(config), (module, batch) => module.Forward(batch),
            (reference, outputs, logits, row) =>
        {
            reference.Equal(outputs.GetProperty("start_logits"), [.. logits.Where((_, i) => i % 2 == 0)], $"{row} start");
            reference.Equal(outputs.GetProperty("end_logits"), [.. logits.Where((_, i) => i % 2 == 1)], $"{row} end");
        });

    [Theory]
    [InlineData("bert-seqclass-random"), InlineData("distilbert-random"), InlineData("mpnet-seqclass-random"),
        InlineData("roberta-seqclass-random"), InlineData("xlm-roberta-seqclass-random"), InlineData("electra-seqclass-random"),
        InlineData("albert-seqclass-random")]
    [InlineData("modernbert-seqclass-random"), InlineData("deberta-v3-seqclass-random")]
    public void A_padded_batch_gives_each_row_what_it_gets_alone(string checkpoint)
    {
        (ReferenceModel reference, BertForSequenceClassification module) =
            Open(checkpoint, config => new BertForSequenceClassification(config));
        using var owned = module;
        using DisposeScope scope = torch.NewDisposeScope();
        ReferenceModel.Case[] rows = [.. Plain(reference)];
        float[] logits = module.Forward(new PaddedBatch([.. rows.Select(Row)])).data<float>().ToArray();
        int labels = logits.Length / rows.Length;
        for (int i = 0; i < rows.Length; i++)
            reference.Equal(rows[i].Outputs.GetProperty("logits"), logits.AsSpan(i * labels, labels), $"{rows[i]} in a batch");
    }

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("BertForTokenClassification"), InlineData("BertForQuestionAnswering")]
    [InlineData("DistilBertForSequenceClassification"), InlineData("DistilBertForTokenClassification"),
        InlineData("DistilBertForQuestionAnswering")]
    [InlineData("MPNetForSequenceClassification"), InlineData("MPNetForTokenClassification"), InlineData("MPNetForQuestionAnswering")]
    [InlineData("RobertaForSequenceClassification"), InlineData("XLMRobertaForTokenClassification"),
        InlineData("CamembertForQuestionAnswering")]
    [InlineData("ElectraForSequenceClassification"), InlineData("ElectraForTokenClassification"),
        InlineData("AlbertForSequenceClassification"), InlineData("AlbertForQuestionAnswering")]
    [InlineData("ModernBertForSequenceClassification"), InlineData("ModernBertForTokenClassification"),
        InlineData("ModernBertForQuestionAnswering")]
    [InlineData("DebertaV2ForSequenceClassification"), InlineData("DebertaV2ForTokenClassification"),
        InlineData("DebertaV2ForQuestionAnswering")]
    [InlineData("NomicBertForSequenceClassification"), InlineData("NomicBertForTokenClassification")]
    public void A_saved_module_has_the_names_of_HuggingFace(string architecture)
    {
        var checkpoint = new TinyCheckpoint { Architecture = architecture };
        BertModel model = checkpoint.Load();
        using BertForTask module = architecture.Split("For")[1] switch
        {
            "SequenceClassification" => new BertForSequenceClassification(model.Config),
            "TokenClassification" => new BertForTokenClassification(model.Config),
            _ => new BertForQuestionAnswering(model.Config),
        };
        module.Load(model.Weights!);
        Safetensors written = module.ToWeights().ToFile(model.Config);
        Assert.Equal(
            checkpoint.Tensors().OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (t.Name, Convert.ToHexString(t.Bytes.Span))),
            written.Tensors.OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => (t.Name, Convert.ToHexString(t.Bytes.Span))));
    }

    private static void CompareEach<TModule>(
        string checkpoint, Func<BertConfig, TModule> create, Func<TModule, PaddedBatch, torch.Tensor> forward,
        Action<ReferenceModel, JsonElement, float[], ReferenceModel.Case> compare)
        where TModule : BertForTask
    {
        (ReferenceModel reference, TModule module) = Open(checkpoint, create);
        using TModule owned = module;
        foreach (ReferenceModel.Case row in Plain(reference))
        {
            using DisposeScope scope = torch.NewDisposeScope();
            compare(reference, row.Outputs, forward(module, new PaddedBatch([Row(row)])).data<float>().ToArray(), row);
        }
        reference.WriteLargest("modules, head");
    }

    private static (ReferenceModel, TModule) Open<TModule>(string checkpoint, Func<BertConfig, TModule> create)
        where TModule : BertForTask
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        BertModel model = ReferenceCheckpoint.Open(folder);
        TModule module = create(model.Config);
        module.Load(model.Weights!);
        module.eval();
        return (new ReferenceModel(folder), module);
    }

    /// <summary>The rows that a tokenizer can make: nothing masked, types 0 and then 1.</summary>
    private static IEnumerable<ReferenceModel.Case> Plain(ReferenceModel reference) =>
        reference.Cases.Where(row => row.AttentionMask.All(m => m == 1) && row.TokenTypeIds.SequenceEqual(row.TokenTypeIds.Order()));

    private static EncodedRow Row(ReferenceModel.Case row) =>
        new([.. row.InputIds.Select(id => (int)id)], row.TokenTypeIds.Count(type => type == 0));
}
