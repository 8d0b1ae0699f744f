using System.Text.Json.Nodes;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Tasks.FillMask;

/// <summary>Continued pretraining on a language in which each word follows from the one before it.</summary>
[Collection(UsesTorch.Name)]
public sealed class MaskedLanguageModelTrainerTests
{
    private static readonly string[] s_circle = "the good film is a great book and this bad phone was so poor".Split(' ');

    private readonly MLContext _ml = new(seed: 1);

    [Theory]
    [InlineData("BertModel"), InlineData("DistilBertForMaskedLM"), InlineData("MPNetModel"), InlineData("RobertaModel"),
        InlineData("ElectraModel"), InlineData("AlbertModel")]
    [InlineData("ModernBertModel"), InlineData("DebertaV2Model"), InlineData("NomicBertModel")]
    public void Masked_words_of_texts_that_were_not_seen_are_guessed_better(string architecture)
    {
        BertModel before = ToyLanguage.Model(architecture);
        MaskedLanguageModelTrainer trainer =
            _ml.MulticlassClassification.Trainers.MaskedLanguageModel(Options(maxEpochs: 30) with { Model = before });
        IDataView train = Data(300, seed: 1), test = Data(60, seed: 2);
        using BertFillMaskTransformer fitted = trainer.Fit(train);
        SchemaAssert.Agrees(trainer.GetOutputSchema(SchemaAssert.ShapeOf(test.Schema)), fitted.Transform(test).Schema);
        Assert.Equal([architecture.Replace("Model", "ForMaskedLM", StringComparison.Ordinal)], fitted.Model.Config.Architectures);
        // Whoever knows frequencies only is right one time in fourteen.
        Assert.InRange(Accuracy(fitted.Model, test), 0.5, 1);
        if (architecture == "DistilBertForMaskedLM")
            Assert.InRange(Accuracy(before, test), 0, 0.2);
        IDataView masked = _ml.Data.LoadFromEnumerable(
            new[] { new Input { Text = $"the good {before.Tokenizer.Options.MaskToken} is a great book" } });
        Assert.Equal("film", fitted.Transform(masked).GetColumn<ReadOnlyMemory<char>[]>("MaskTokens").Single()[0].ToString());
    }

    [Fact]
    public void A_seed_gives_the_same_bits_and_another_seed_others()
    {
        byte[] Words(int seed)
        {
            MaskedLanguageModelTrainer.Options options = Options(maxEpochs: 2) with { Seed = seed, NumberOfThreads = seed % 3 + 1 };
            using BertFillMaskTransformer fitted =
                _ml.MulticlassClassification.Trainers.MaskedLanguageModel(options with { Model = ToyLanguage.Model() })
                    .Fit(Data(60, seed: 1));
            return fitted.Model.Weights!["embeddings.word_embeddings.weight"].Bytes.ToArray();
        }
        byte[] first = Words(4);
        Assert.Equal(first, Words(4));
        Assert.NotEqual(first, Words(7));
    }

    [Fact]
    public void What_is_learnt_is_where_other_steps_and_trainings_start_from()
    {
        var sentence = new BertSentenceOptions { Pooling = BertPooling.Cls, Normalize = true };
        using BertFillMaskTransformer fitted =
            _ml.MulticlassClassification.Trainers.MaskedLanguageModel(
                Options(maxEpochs: 30) with { Model = ToyLanguage.Model().WithSentence(sentence) }).Fit(Data(300, seed: 1));
        using var folder = new TemporaryFolder();
        fitted.Model.SavePretrained(folder["saved"]);
        BertModel opened = BertModel.FromPretrained(folder["saved"]);
        Assert.Equal((BertPooling.Cls, true), (opened.Sentence.Pooling, opened.Sentence.Normalize));
        IDataView test = Data(60, seed: 2);
        double accuracy = Accuracy(opened, test);
        Assert.Equal(Accuracy(fitted.Model, test), accuracy);

        // The head is kept: an update of next to nothing leaves it as good as it was.
        MaskedLanguageModelTrainer.Options little = Options(maxEpochs: 1) with { LearningRate = 1e-9 };
        using BertFillMaskTransformer again =
            _ml.MulticlassClassification.Trainers.MaskedLanguageModel(little with { Model = opened }).Fit(Data(30, seed: 3));
        Assert.Equal(accuracy, Accuracy(again.Model, test), 1e-2);

        using BertEmbeddingTransformer embedding = _ml.Transforms.Text.ApplyBertEmbedding("Vector", "Text", opened).Fit(test);
        Assert.All(embedding.Transform(test).GetColumn<float[]>("Vector"), vector => Assert.Equal(1, vector.Sum(x => x * x), 1e-4f));
        IDataView labelled = _ml.Data.LoadFromEnumerable(
            ToyLanguage.Texts(40, seed: 1).Select(row => new Input { Text = row.Text, Label = row.Label == 1 }).ToArray());
        using BertClassifierTransformer classifier =
            _ml.BinaryClassification.Trainers.TextClassification(sentence1ColumnName: "Text", maxEpochs: 1, model: opened).Fit(labelled);
        Assert.Equal(["BertForSequenceClassification"], classifier.Model.Config.Architectures);
    }

    [Fact]
    public void Long_texts_are_read_to_their_ends()
    {
        // The first window of a text has nothing but "time"; the circle stands in the others.
        string time = string.Join(' ', Enumerable.Repeat("time", 30));
        IDataView train = _ml.Data.LoadFromEnumerable(
            Texts(60, seed: 1, least: 80).Select(text => new Input { Text = $"{time} {text}" }).ToArray());
        MaskedLanguageModelTrainer.Options options = Options(maxEpochs: 30) with { MaxLength = 32 };
        using BertFillMaskTransformer fitted =
            _ml.MulticlassClassification.Trainers.MaskedLanguageModel(options with { Model = ToyLanguage.Model() }).Fit(train);
        Assert.InRange(Accuracy(fitted.Model, Data(60, seed: 2)), 0.3, 1);
    }

    [Fact]
    public void What_cannot_be_learnt_is_named()
    {
        IDataView nothing = _ml.Data.LoadFromEnumerable(new[] { new Input { Text = "" }, new Input { Text = null! } });
        Assert.Contains("'Text'",
            Assert.Throws<InvalidOperationException>(
            () => _ml.MulticlassClassification.Trainers.MaskedLanguageModel(model: ToyLanguage.Model()).Fit(nothing)).Message,
                StringComparison.Ordinal);
        Assert.Contains("MlmProbability",
            Refused<ArgumentOutOfRangeException>(Options(maxEpochs: 1) with { Model = ToyLanguage.Model(), MlmProbability = 0 }),
            StringComparison.Ordinal);
        BertModel untied = new TinyCheckpoint { Architecture = "BertForMaskedLM", HasDecoder = true,
            ExtraConfig = new JsonObject { ["tie_word_embeddings"] = false } }.Load();
        Assert.Contains("tie_word_embeddings", Refused<NotSupportedException>(Options(maxEpochs: 1) with { Model = untied }),
            StringComparison.Ordinal);

        string Refused<T>(MaskedLanguageModelTrainer.Options options)
            where T : Exception => Assert.Throws<T>(() => _ml.MulticlassClassification.Trainers.MaskedLanguageModel(options)).Message;
    }

    private static MaskedLanguageModelTrainer.Options Options(int maxEpochs) => new()
    {
        MaxEpochs = maxEpochs,
        LearningRate = 4e-3,
        Dropout = 0,
    };

    private double Accuracy(BertModel model, IDataView data) =>
        _ml.MulticlassClassification.EvaluateMaskedLanguageModel(data, model: model).Accuracy;

    private IDataView Data(int count, int seed) =>
        _ml.Data.LoadFromEnumerable(Texts(count, seed).Select(text => new Input { Text = text }).ToArray());

    private static IEnumerable<string> Texts(int count, int seed, int least = 6)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            int start = random.Next(s_circle.Length), length = random.Next(least, least + 10);
            yield return string.Join(' ', Enumerable.Range(start, length).Select(place => s_circle[place % s_circle.Length]));
        }
    }

    private sealed class Input
    {
        public string Text { get; set; } = "";

        public bool Label { get; set; }
    }
}
