using System.IO.Compression;
using System.Text;
using Bert.MLNet.Models;
using Bert.MLNet.Pretraining.Translation;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Training;

[Collection(UsesTorch.Name)]
public sealed class TranslationTests
{
    private static readonly string[] s_colors = ["red", "green", "blue", "old"], s_farben = ["rote", "grüne", "blaue", "alte"];

    private static readonly TranslatedRow[] s_rows = [.. Enumerable.Range(0, 32).Select(i => new TranslatedRow
    {
        Source = $"the {s_colors[i % 4]} house and the {s_colors[i / 4 % 4]} dog",
        Target = $"das {s_farben[i % 4]} Haus und der {s_farben[i / 4 % 4]} Hund",
    })];

    [Fact]
    public void Lines_of_both_languages_belong_together()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["train.en"], "one\ntwo\nthree\n");
        using (var file = new GZipStream(File.Create(folder["train.de.gz"]), CompressionMode.Compress))
            file.Write(Encoding.UTF8.GetBytes("eins\nzwei\ndrei\n"));
        string path = Path.GetDirectoryName(folder["train.en"])!;
        Assert.Equal(
            [("one", "eins"), ("two", "zwei")],
            ParallelTexts.Read(path, "train", "en", "de", rows: 2).Select(row => (row.Source, row.Target)));
        File.AppendAllText(folder["train.en"], "four\n");
        var error = Assert.Throws<InvalidDataException>(() => ParallelTexts.Read(path, "train", "en", "de"));
        Assert.Contains("has 4 lines", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(VocabularyKind.Unigram), false)]
    [InlineData(nameof(VocabularyKind.ByteBpe), true)]
    [InlineData(nameof(VocabularyKind.WordPiece), false)]
    public void Equal_values_create_equal_models(string vocabulary, bool joint)
    {
        BertModel first = Create(), second = Create();
        Assert.Equal(first.ContentHash, second.ContentHash);
        Assert.Equal((2, 1), (first.Config.NumHiddenLayers, first.Decoder!.Config.NumHiddenLayers));
        Assert.Equal(joint, first.Tokenizer.Vocabulary.Ids.ToHashSet().SetEquals(first.Decoder.Tokenizer.Vocabulary.Ids));

        BertModel Create() => Start(new TranslationStart
        {
            Vocabulary = Enum.Parse<VocabularyKind>(vocabulary), VocabSize = 300, Joint = joint,
        });
    }

    [Fact]
    public void A_random_encoder_has_the_shape_and_tokens_of_the_checkpoint_but_none_of_its_weights()
    {
        using var folder = new TemporaryFolder();
        BertModel checkpoint = new TinyCheckpoint().Load();
        checkpoint.SavePretrained(folder.Path);
        var start = new TranslationStart { Model = folder.Path, VocabSize = 60 };
        BertModel pretrained = Start(start), random = Start(start with { RandomEncoder = true });
        Assert.Equal(pretrained.Config, random.Config);
        Assert.Equal(pretrained.Tokenizer.Vocabulary.Ids, random.Tokenizer.Vocabulary.Ids);
        Assert.Equal(Embeddings(checkpoint), Embeddings(pretrained));
        Assert.NotEqual(Embeddings(pretrained), Embeddings(random));
        Assert.Equal(pretrained.Decoder!.Config, random.Decoder!.Config);
        var error = Assert.Throws<ArgumentException>(() => Start(new TranslationStart { RandomEncoder = true }));
        Assert.Contains("--model", error.Message, StringComparison.Ordinal);

        static float[] Embeddings(BertModel model) => TensorValues.Of(model.Weights![CanonicalNames.WordEmbeddings]);
    }

    [Fact]
    public void A_trained_translator_has_weights_of_half_the_size_and_translates()
    {
        BertModel start = Start(new TranslationStart { VocabSize = 60 });
        var output = new StringWriter();
        var translator = new Translator(new MLContext(1), output);
        BertModel trained = translator.Train(
            new SequenceToSequenceTrainer.Options { Model = start, MaxEpochs = 1, NumberOfThreads = 1 }, s_rows, s_rows[..4]);
        foreach (BertWeights weights in new[] { trained.Weights!, trained.Decoder!.Weights })
            Assert.All(weights.Names, name => Assert.Equal(TensorType.F16, weights[name].Type));
        using var folder = new TemporaryFolder();
        trained.SavePretrained(folder["model"]);
        BertModel saved = BertModel.FromPretrained(folder["model"]);
        TranslatedTexts texts = translator.Evaluate(saved, s_rows[..4], shown: 1);
        TranslationMetrics metrics = texts.Metrics;
        Assert.Equal(4, metrics.Count);
        Assert.Contains(s_rows[0].Source, output.ToString(), StringComparison.Ordinal);
        Assert.Contains(metrics.Bleu.Signature, output.ToString(), StringComparison.Ordinal);
        string card = Card(translator.Translate(saved, [new TranslatedRow { Source = "a | b" }])).Text(saved, texts, shown: 1);
        foreach (string part in new[]
        {
            "# toy\n", "language: [en, de]", metrics.Bleu.Signature, metrics.Chrf.Signature, $"| {s_rows[0].Source} | ", "| a \\| b |",
            "32 pairs of texts", "github.com/multi30k/dataset", "two minutes",
            "Pretraining -- translation --datasets DATASETS --epochs 2\n", $"up to {saved.MaxSequenceLength} tokens",
        })
            Assert.Contains(part, card, StringComparison.Ordinal);
        Assert.DoesNotContain("{", card, StringComparison.Ordinal);
    }

    private static TranslationCard Card(WrittenTranslation[] others) => new()
    {
        Name = "toy", Source = "en", Target = "de", Dataset = "multi30k", Rows = 32, Training = "two minutes", OtherTexts = others,
        Command = TranslationCard.CommandOf(
            ["translation", "--datasets", "somewhere", "--evaluate-only", "--epochs", "2", "--trained-on", "a machine"],
            ("--datasets", "DATASETS")),
    };

    private static BertModel Start(TranslationStart values) => (values with
    {
        EncoderLayers = 2, DecoderLayers = 1, HiddenSize = 16, Heads = 2, IntermediateSize = 32, Positions = 40,
    }).Create(s_rows, new BertGenerationOptions { MaxLength = 12 });
}
