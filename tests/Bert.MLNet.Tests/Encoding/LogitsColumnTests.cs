using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Encoders;

public class LogitsColumnTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("electra-discriminator-random", "token_logits"), InlineData("electra-seqclass-random", "logits")]
    [InlineData("bert-tokenclass-random", "logits"), InlineData("modernbert-seqclass-random", "logits")]
    public void Logits_of_a_column_equal_the_reference(string checkpoint, string output)
    {
        string folder = Shared.Folder("reference", "models", checkpoint);
        var reference = new ReferenceModel(folder);
        // Of the longest rows the reference has some tokens only.
        ReferenceModel.Case[] cases =
        [
            .. reference.Cases.Where(row => row.AttentionMask.All(mask => mask == 1)
                && !(row.Outputs.TryGetProperty("logit_rows", out JsonElement rows) && rows.ValueKind == JsonValueKind.Array)),
        ];
        float[][] logits = Logits(ReferenceCheckpoint.Open(folder), [.. cases.Select(row => new TokenRow
        {
            InputIds = [.. row.InputIds], AttentionMask = [.. row.AttentionMask], TokenTypeIds = [.. row.TokenTypeIds],
        })]);
        Assert.NotEmpty(cases);
        for (int i = 0; i < cases.Length; i++)
            reference.Equal(cases[i].Outputs.GetProperty(output), logits[i], $"{cases[i]}");
    }

    [Fact]
    public void Dimensions_follow_the_head_and_the_promised_schema_is_the_real_one()
    {
        Assert.Equal([0], Dimensions("ElectraForPreTraining"));
        Assert.Equal([3], Dimensions("BertForSequenceClassification"));
        Assert.Equal([0, 3], Dimensions("BertForTokenClassification"));
        Assert.Equal([0, TinyCheckpoint.Vocabulary.Count], Dimensions("BertForMaskedLM"));
    }

    [Fact]
    public void A_checkpoint_without_such_a_head_is_refused()
    {
        var error = Assert.Throws<NotSupportedException>(() => Step(new TinyCheckpoint().Load()));
        Assert.Contains("has no logits", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_step_computes_the_same_logits()
    {
        BertModel model = new TinyCheckpoint { Architecture = "ElectraForPreTraining" }.Load();
        IDataView data = _ml.Data.LoadFromEnumerable(TokenRow.Seeded(5));
        using BertEncoderTransformer encoder = Step(model).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(encoder, data.Schema, file);
        using var loaded = (BertEncoderTransformer)_ml.Model.Load(file, out _);
        Assert.Equal(
            encoder.Transform(data).GetColumn<float[]>("Logits"), loaded.Transform(data).GetColumn<float[]>("Logits"));
    }

    private int[] Dimensions(string architecture)
    {
        BertEncoderEstimator step = Step(new TinyCheckpoint { Architecture = architecture }.Load());
        IDataView data = _ml.Data.LoadFromEnumerable(TokenRow.Seeded(1));
        using BertEncoderTransformer encoder = step.Fit(data);
        DataViewSchema schema = encoder.Transform(data).Schema;
        SchemaAssert.Agrees(step.GetOutputSchema(SchemaAssert.ShapeOf(data.Schema)), schema);
        return [.. ((VectorDataViewType)schema["Logits"].Type).Dimensions];
    }

    private float[][] Logits(BertModel model, TokenRow[] rows)
    {
        IDataView data = _ml.Data.LoadFromEnumerable(rows);
        using BertEncoderTransformer encoder = Step(model).Fit(data);
        return [.. encoder.Transform(data).GetColumn<float[]>("Logits")];
    }

    private BertEncoderEstimator Step(BertModel model) => _ml.Transforms.Text.ApplyBertEncoder(
        new BertEncoderEstimator.Options { Model = model, LastHiddenStateColumnName = null, LogitsColumnName = "Logits" });
}
