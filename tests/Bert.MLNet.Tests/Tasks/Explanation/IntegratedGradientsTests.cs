using System.Diagnostics;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tests.Persistence;
using Bert.MLNet.Tests.Training;
using Bert.MLNet.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;
using static TorchSharp.torch;
using Options = Bert.MLNet.BertExplanationEstimator.Options;

namespace Bert.MLNet.Tests.Tasks.Explanation;

/// <summary>Gradients against what ONNX Runtime computes for the text and its baseline, and against a plain loop.</summary>
[Collection(UsesTorch.Name)]
public sealed class IntegratedGradientsTests : IDisposable
{
    private const string Head = "BertForSequenceClassification", Text = "so unlikely : i hate this great phone !";

    private readonly MLContext _ml = new(seed: 1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Families => [.. EveryFamily.With(HeadKind.SequenceClassification)];

    [Theory, MemberData(nameof(Families))]
    public void Weights_add_up_to_the_difference_of_the_logit_from_that_of_masks(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family, HeadKind.SequenceClassification).Load();
        AssertComplete(model, Text, pair: null);
    }

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("RobertaForSequenceClassification")]
    [InlineData("DebertaV2ForSequenceClassification")]
    public void Weights_of_a_pair_add_up_over_both_texts(string architecture) =>
        AssertComplete(new TinyCheckpoint { Architecture = architecture }.Load(), Text, "the film is good , and so is the book");

    [Fact]
    public void Weights_add_up_for_a_few_shot_classifier() => AssertComplete(ExplainedRow.FewShotClassifier(), Text, pair: null);

    [Theory, MemberData(nameof(TinyTokenizer.Kinds), MemberType = typeof(TinyTokenizer))]
    public void Every_token_of_a_text_belongs_to_a_word(string kind) =>
        AssertComplete(TinyTokenizer.Load(new TinyCheckpoint { Architecture = Head }, kind), "the movie was good", pair: null);

    [Theory]
    [InlineData(BertPooling.Mean), InlineData(BertPooling.Cls), InlineData(BertPooling.Max)]
    [InlineData(BertPooling.LastLayersMean), InlineData(BertPooling.None)]
    public void Weights_of_a_similarity_add_up_to_the_difference_of_the_cosine(BertPooling pooling)
    {
        BertModel model = new TinyCheckpoint().Load();
        model = model.WithSentence(pooling == BertPooling.None
            ? SentenceModules.Options(model.Config.HiddenSize) with { TruncateDimension = 3 }
            : model.Sentence with { Pooling = pooling, NumberOfLastLayers = 2 });
        const string Second = "a good book of the day , unlikely";
        using BertExplanationTransformer step = Fit(model, o => o with { PairColumnName = "Other", NumberOfSteps = 100 });
        BertExplanation explanation = ExplainedRow.Explain(step, [Text], [Second])[0];
        using BertPairEmbeddingTransformer pairs =
            _ml.Transforms.Text.ApplyBertPairEmbedding("Features", "Text", "Other", model, cosineColumnName: "Cosine")
                .Fit(ExplainedRow.Data(_ml));
        float[] cosines = [.. pairs.Transform(ExplainedRow.Data(
            _ml, Text + "\t" + Second, AllMasked(model, Text) + "\t" + AllMasked(model, Second))).GetColumn<float>("Cosine")];
        Assert.Equal(cosines[0], explanation.Score, 1e-4f);
        AssertClose(cosines[0] - cosines[1], explanation.Words.Sum(word => (double)word.Weight));
        Assert.Equal([0, 1], explanation.Words.Select(word => word.SequenceId).Distinct());
    }

    [Theory]
    [InlineData("BertForSequenceClassification"), InlineData("DistilBertForSequenceClassification")]
    [InlineData("AlbertForSequenceClassification"), InlineData("ModernBertForSequenceClassification")]
    public void A_weight_is_what_a_plain_loop_over_many_steps_gives(string architecture)
    {
        const string Short = "i hate this great film";
        BertModel model = new TinyCheckpoint { Architecture = architecture }.Load();
        using BertExplanationTransformer step = Fit(model, o => o with { Label = model.Config.LabelNames[1], NumberOfSteps = 400 });
        ExplainedRow.Read(_ml, step, Short)[0].AssertWords(Short, Plain(model, Short, label: 1, steps: 400), 1e-4);
    }

    [Fact]
    public void A_graph_a_saved_model_and_many_threads_give_the_same_weights()
    {
        BertModel model = EveryTransformer.Model(Head);
        string folder = _folder["graph"];
        model.SavePretrained(folder);
        File.Delete(Path.Combine(folder, "model.safetensors"));
        model.SaveOnnx(Path.Combine(folder, "model.onnx"));
        string[] texts =
            ["the film is great", "", Text, .. Enumerable.Range(0, 20).Select(i => string.Concat(Enumerable.Repeat("good ", i)))];
        using BertExplanationTransformer step = Fit(model);
        using BertExplanationTransformer graph = Fit(BertModel.FromPretrained(folder), o => o with
        {
            Batching = new BertBatchOptions { TokenBudget = 32, WindowSize = 5, NumberOfThreads = 3 },
        });
        _ml.Model.Save(step, ExplainedRow.Data(_ml).Schema, _folder["model.zip"]);
        ITransformer saved = _ml.Model.Load(_folder["model.zip"], out _);
        using var owner = saved as IDisposable;
        ExplainedRow[] expected = ExplainedRow.Read(_ml, step, texts);
        Assert.Contains(expected, row => row.WordWeights.Length == 19);
        Assert.Empty(expected[1].Words);
        foreach (ITransformer other in new[] { graph, saved })
            Assert.All(expected.Zip(ExplainedRow.Read(_ml, other, texts)), rows =>
            {
                Assert.Equal(rows.First.Words, rows.Second.Words);
                rows.Second.AssertWeights([.. rows.First.WordWeights]);
            });
    }

    [Fact]
    public void Cancellation_ends_the_work_and_a_disposed_step_says_so()
    {
        BertExplanationTransformer step = Fit(EveryTransformer.Model(Head));
        using var end = new CancellationTokenSource();
        end.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => step.Explain([Text], cancellationToken: end.Token));
        IDataView rows = step.Transform(ExplainedRow.Data(_ml, Text));
        step.Dispose();
        Assert.Throws<ObjectDisposedException>(() => rows.GetColumn<float[]>("WordWeights").ToArray());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        BertModel classifier = EveryTransformer.Model(Head), vectors = new TinyCheckpoint().Load();
        BertModel excluding = vectors.WithSentence(vectors.Sentence with
        {
            Prompts = new Dictionary<string, string> { ["like"] = "the " }, DefaultPromptName = "like", IncludePrompt = false,
        });
        Named<NotSupportedException>("is int8", classifier.Quantize());
        Named<NotSupportedException>("excludes its prompt", excluding, o => o with { PairColumnName = "Other" });
        Named<ArgumentException>("NumberOfSteps is 0", classifier, o => o with { NumberOfSteps = 0 });
        Named<ArgumentException>("NumberOfSteps is 1001", classifier, o => o with { NumberOfSteps = 1001 });
        Named<ArgumentException>("Method is 9", classifier, o => o with { Method = (BertExplanationMethod)9 });
    }

    [Fact]
    public void A_program_without_libtorch_is_told_which_package_it_needs()
    {
        using BertExplanationTransformer step = Fit(EveryTransformer.Model(Head));
        IDataView data = _ml.Data.LoadFromEnumerable([new { Text = "" }]);
        _ml.Model.Save(step, data.Schema, _folder["model.zip"]);
        File.WriteAllText(_folder["texts.tsv"], "a good day\t\n");
        string program = Path.Combine(FreshProcess.FolderWithoutTorch, "Bert.MLNet.Consumer.dll");
        var start = new ProcessStartInfo("dotnet", [program, _folder["model.zip"], _folder["texts.tsv"], "WordWeights"]);
        start.Environment.Remove("LIBTORCH");
        Ended ended = ChildProcess.Run(start);
        Assert.NotEqual(0, ended.ExitCode);
        Assert.Contains("Training and integrated gradients need libtorch", ended.Error, StringComparison.Ordinal);
        Assert.Contains("<PackageReference Include=\"libtorch-cpu-", ended.Error, StringComparison.Ordinal);
    }

    private void AssertComplete(BertModel model, string text, string? pair)
    {
        string masked = AllMasked(model, text);
        string[] rows = pair is null ? [text, masked] : [text + "\t" + pair, masked + "\t" + AllMasked(model, pair)];
        string? pairs = pair is null ? null : "Other";
        using BertClassifierTransformer classifier = _ml.Transforms.Text.ApplyBertClassifier(
            new BertClassifierEstimator.Options { Model = model, PairColumnName = pairs, LogitsColumnName = "Logits" })
            .Fit(ExplainedRow.Data(_ml));
        float[][] logits = [.. classifier.Transform(ExplainedRow.Data(_ml, rows)).GetColumn<float[]>("Logits")];
        double[] differences = [.. logits[0].Zip(logits[1], (first, second) => (double)first - second)];
        int label = Array.IndexOf(differences, differences.MaxBy(Math.Abs));
        using BertExplanationTransformer step = Fit(model, o => o with { PairColumnName = pairs, Label = model.Config.LabelNames[label] });
        ExplainedRow row = ExplainedRow.Read(_ml, step, rows[0])[0];
        Assert.Equal(logits[0][label], row.ExplainedScore, 1e-4f);
        AssertClose(differences[label], row.WordWeights.Sum(weight => (double)weight));
        Assert.Equal(ExplainedRow.WordsOf(text).Length + (pair is null ? 0 : ExplainedRow.WordsOf(pair).Length), row.Words.Length);
    }

    private static void AssertClose(double difference, double sum)
    {
        Assert.True(Math.Abs(difference) > 1e-3, $"The scores hardly differ: {difference}");
        Assert.True(Math.Abs(sum - difference) <= 0.02 * Math.Abs(difference), $"The sum is {sum}, the difference {difference}.");
    }

    private static string AllMasked(BertModel model, string text)
    {
        foreach ((_, int start, int end) in ExplainedRow.WordsOf(text).Reverse())
            text = ExplainedRow.Masked(model, text, start, end);
        return text;
    }

    /// <summary>The mean gradient at the middle of each of many steps, one after another, times the difference of the embeddings.</summary>
    private static double[] Plain(BertModel model, string text, int label, int steps)
    {
        TorchRuntime.EnsureLoaded();
        using DisposeScope scope = NewDisposeScope();
        using var module = new BertForSequenceClassification(model.Config);
        module.Load(model.Weights!);
        module.eval();
        int[] ids = [.. model.Tokenizer.Encode(text).Ids];
        int[] masked = [.. ids.Select((id, i) => i == 0 || i == ids.Length - 1 ? id : model.Tokenizer.MaskTokenId)];
        Tensor whole = module.Bert.Embeddings(new PaddedBatch([new EncodedRow(ids, ids.Length)])).detach();
        Tensor nothing = module.Bert.Embeddings(new PaddedBatch([new EncodedRow(masked, ids.Length)])).detach();
        double[] shares = new double[ids.Length];
        for (int step = 0; step < steps; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor point = (nothing + (whole - nothing) * ((step + 0.5) / steps)).detach();
            point.requires_grad = true;
            var batch = new PaddedBatch([new EncodedRow(ids, ids.Length)]) { Embeddings = point };
            module.Forward(batch)[0, label].backward();
            float[] products = (point.grad! * (whole - nothing)).sum(1).data<float>().ToArray();
            for (int token = 0; token < shares.Length; token++)
                shares[token] += products[token] / (double)steps;
        }
        return shares[1..^1]; // each word is one token
    }

    private BertExplanationTransformer Fit(BertModel model, Func<Options, Options>? configure = null) =>
        ExplainedRow.Fit(_ml, model, o =>
        {
            o = o with { Method = BertExplanationMethod.IntegratedGradients };
            return configure?.Invoke(o) ?? o;
        });

    private void Named<TException>(string named, BertModel model, Func<Options, Options>? configure = null)
        where TException : Exception =>
        Assert.Contains(named, Assert.Throws<TException>(() => Fit(model, configure)).Message, StringComparison.Ordinal);
}
