using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Tests.Models;

/// <summary>Checkpoints of other families are refused with their name and the list of those that open.</summary>
public sealed class UnsupportedFamilyTests
{
    [Theory]
    [InlineData("t5", """{"model_type":"t5","d_model":512,"is_encoder_decoder":true}""")]
    [InlineData("bart", """{"model_type":"bart","architectures":["BartForSequenceClassification"],"is_encoder_decoder":true}""")]
    [InlineData("gpt2", """{"model_type":"gpt2","n_embd":768}""")]
    [InlineData("new", """{"model_type":"new","auto_map":{"AutoModel":"Alibaba-NLP/new-impl--modeling.NewModel"}}""")]
    [InlineData("longformer", """{"model_type":"longformer","attention_window":[512]}""")]
    [InlineData("big_bird", """{"model_type":"big_bird","attention_type":"block_sparse"}""")]
    [InlineData("xlnet", """{"model_type":"xlnet"}""")]
    [InlineData("deberta", """{"model_type":"deberta"}""")]
    [InlineData("roformer", """{"model_type":"roformer"}""")]
    public void A_checkpoint_of_another_family_is_refused_with_its_name_and_those_that_open(string modelType, string config)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], config);
        string message = Assert.Throws<NotSupportedException>(() => BertModel.FromPretrained(folder.Path)).Message;
        Assert.Contains($"model_type '{modelType}' in '{folder["config.json"]}' is not supported", message, StringComparison.Ordinal);
        string[] named = message[(message.LastIndexOf(':') + 1)..].TrimEnd('.').Split(',', StringSplitOptions.TrimEntries);
        Assert.Equal(ModelFamilies.All.Select(family => family.ModelType).Order(StringComparer.Ordinal), named);
    }
}
