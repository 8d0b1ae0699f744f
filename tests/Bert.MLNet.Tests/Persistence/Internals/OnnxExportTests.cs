using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>ML.NET's <c>ConvertToOnnx</c> leaves out what says that it cannot be exported, so our steps do not say so: they fail.</summary>
public sealed class OnnxExportTests
{
    private readonly MLContext _ml = new();

    public static TheoryData<Type> Transformers => [.. EveryTransformer.Types];

    [Theory, MemberData(nameof(Transformers))]
    public void A_step_that_cannot_be_exported_is_an_error_that_says_what_to_do(Type type)
    {
        (ITransformer transformer, IDataView data) = EveryTransformer.Create(_ml, type);
        using (transformer as IDisposable)
            AssertRefused(transformer, data, type);
    }

    [Fact]
    public void So_is_a_chain_with_one_wherever_it_stands()
    {
        (ITransformer embedding, IDataView data) = EveryTransformer.Create(_ml, typeof(BertEmbeddingTransformer));
        using var owner = (IDisposable)embedding;
        AssertRefused(new TransformerChain<ITransformer>(
            embedding, _ml.Transforms.NormalizeMinMax("Scaled", "Features").Fit(embedding.Transform(data))), data,
                typeof(BertEmbeddingTransformer));
        ITransformer copy = _ml.Transforms.CopyColumns("Copy", "Text").Fit(data);
        AssertRefused(new TransformerChain<ITransformer>(copy, embedding), data, typeof(BertEmbeddingTransformer));
    }

    private void AssertRefused(ITransformer model, IDataView data, Type step)
    {
        using var file = new MemoryStream();
        string message = Assert.Throws<NotSupportedException>(() => _ml.Model.ConvertToOnnx(model, data, file)).Message;
        Assert.StartsWith($"ConvertToOnnx cannot export {step.Name}", message, StringComparison.Ordinal);
        Assert.Contains("SavePretrainedOnnx", message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }
}
