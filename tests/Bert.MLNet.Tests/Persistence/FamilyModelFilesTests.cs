using Bert.MLNet.Consumer;
using Bert.MLNet.Models.Families;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>Steps and trained models of every family in <c>model.zip</c>: what another process predicts with them.</summary>
[Collection(UsesTorch.Name)]
public sealed class FamilyModelFilesTests : IDisposable
{
    private static readonly MLContext s_ml = new(seed: 1);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Steps_predict_the_same_in_a_fresh_process() => AssertRepeated(
    [
        .. from family in EveryFamily.All
           from isQuantized in (bool[])[false, true]
           select (isQuantized ? family + "-int8" : family, Steps(family, isQuantized)),
    ]);

    [Fact]
    public void Trained_models_predict_the_same_in_a_fresh_process_and_saved_as_checkpoints()
    {
        (string Family, TransformerChain<ITransformer> Model)[] trained = [.. EveryFamily.All.Select(family => (family, Trained(family)))];
        Assert.All(trained, model => AssertSameAsCheckpoints(model.Model));
        AssertRepeated([.. trained.Select(model => (model.Family, (ITransformer)model.Model))]);
    }

    private void AssertSameAsCheckpoints(TransformerChain<ITransformer> trained)
    {
        BertClassifierTransformer classifier = trained.OfType<BertClassifierTransformer>().Single();
        BertFillMaskTransformer words = trained.OfType<BertFillMaskTransformer>().Single();
        IDataView rows = Rows(words.Model);
        AssertScores("Score", classifier, s_ml.Transforms.Text.ApplyBertClassifier("Name", "Text", Saved(classifier.Model)));
        AssertScores("MaskScores", words, s_ml.Transforms.Text.ApplyBertFillMask("MaskTokens", "Text", Saved(words.Model)));

        BertModel Saved(BertModel model)
        {
            string folder = _folder[Guid.NewGuid().ToString("N")];
            model.SavePretrained(folder);
            return BertModel.FromPretrained(folder);
        }

        void AssertScores(string column, ITransformer due, IEstimator<ITransformer> saved)
        {
            ITransformer again = saved.Fit(rows);
            using var owner = (IDisposable)again;
            Assert.Equal(due.Transform(rows).GetColumn<float[]>(column), again.Transform(rows).GetColumn<float[]>(column));
        }
    }

    private void AssertRepeated(IReadOnlyList<(string Name, ITransformer Model)> models)
    {
        string[] files = [.. models.Select(model => _folder[model.Name + ".zip"])];
        List<string> due = [];
        foreach (((_, ITransformer model), string file) in models.Zip(files))
        {
            using var owner = (IDisposable)model;
            IDataView rows = Rows(((TransformerChain<ITransformer>)model).OfType<BertFillMaskTransformer>().Single().Model);
            s_ml.Model.Save(model, rows.Schema, file);
            IReadOnlyList<string> lines = PredictionLines.Create(s_ml, model, rows);
            File.WriteAllLines(SavedSteps.LinesOf(file), lines);
            due.AddRange(lines);
        }
        string[] actual = FreshProcess.Run(FreshProcess.FolderWithoutTorch, ["repeat", .. files])
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(due, actual);
    }

    private static TransformerChain<ITransformer> Steps(string family, bool isQuantized)
    {
        var text = s_ml.Transforms.Text;
        BertModel words = Model(HeadKind.MaskedLM);
        IEstimator<ITransformer>[] steps =
        [
            text.ApplyBertEmbedding("Features", "Text", Model(), normalize: true),
            text.ApplyBertClassifier("PredictedLabel", "Text", Model(HeadKind.SequenceClassification)),
            text.ApplyBertTokenClassifier("Entities", "Text", Model(HeadKind.TokenClassification), BertAggregation.None),
            text.ApplyBertQuestionAnswering("Answer", "Sentence2", "Text", Model(HeadKind.QuestionAnswering)),
            text.ApplyBertFillMask("MaskTokens", "Text", words),
        ];
        IDataView rows = Rows(words);
        return new TransformerChain<ITransformer>([.. steps.Select(step => step.Fit(rows))]);

        BertModel Model(HeadKind? head = null)
        {
            BertModel model = EveryFamily.Checkpoint(family, head).Load();
            return isQuantized ? model.Quantize() : model;
        }
    }

    /// <summary>Two updates of each trainer, with frozen parts, rates of layers and adapters among them.</summary>
    private static TransformerChain<ITransformer> Trained(string family)
    {
        BertModel model = EveryFamily.Checkpoint(family).Load();
        IDataView data = s_ml.Data.LoadFromEnumerable(ToyLanguage.Texts(16, seed: 3).Select((row, i) => new Example
        {
            Text = row.Text, Sentence1 = row.Text, Sentence2 = "it is " + row.Text, Name = row.Label == 1 ? "good" : "bad",
            Label = row.Label, Tags = [.. row.Text.Split(' ').Select((_, word) => word % 2 == 0 ? "O" : "B-X")],
            Answer = row.Text.Split(' ')[0], Start = 6,
        }).ToArray());
        data = s_ml.Transforms.Conversion.MapValueToKey([new("Name"), new("Tags")]).Fit(data).Transform(data);
        var classes = s_ml.MulticlassClassification.Trainers;
        return new TransformerChain<ITransformer>(
            classes.TextClassification(Short(new TextClassificationTrainer.Options
            {
                Model = model, LabelColumnName = "Name", FreezeEmbeddings = true, FrozenLayers = 1,
            })).Fit(data),
            s_ml.Regression.Trainers.SentenceSimilarity(Short(new SentenceSimilarityTrainer.Options
            {
                Model = model, ScoreColumnName = "Cross", LoraRank = 2,
            })).Fit(data),
            s_ml.Regression.Trainers.SentenceSimilarity(Short(new SentenceSimilarityTrainer.Options
            {
                Model = model, ScoreColumnName = "Bi", BiEncoder = true, LayerwiseLearningRateDecay = 0.5,
            })).Fit(data),
            classes.NamedEntityRecognition(Short(new NamedEntityRecognitionTrainer.Options
            {
                Model = model, Sentence1ColumnName = "Text", LabelColumnName = "Tags", OutputColumnName = "OfTags",
                ScoreColumnName = "TagScore",
            })).Fit(data),
            classes.QuestionAnswer(Short(new QuestionAnswerTrainer.Options
            {
                Model = model, QuestionColumnName = "Sentence1", ContextColumnName = "Sentence2",
                TrainingAnswerColumnName = "Answer", AnswerIndexStartColumnName = "Start", PredictedAnswerColumnName = "Found",
                ScoreColumnName = "FoundScore",
            })).Fit(data),
            classes.MaskedLanguageModel(Short(new MaskedLanguageModelTrainer.Options { Model = model, MlmProbability = 0.5 })).Fit(data));
    }

    private static T Short<T>(T options)
        where T : BertTrainingOptions =>
        (T)((BertTrainingOptions)options with { MaxEpochs = 1, BatchSize = 8, LearningRate = 1e-2, NumberOfThreads = 1 });

    private static IDataView Rows(BertModel model)
    {
        string mask = model.Tokenizer.Options.MaskToken;
        return PredictionLines.Texts(s_ml, ["the film is great\tthe movie is good", $"i hate {mask} , {mask} it\tno", "\tgood"]);
    }

    private sealed class Example
    {
        public string Text { get; set; } = "";

        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public string Name { get; set; } = "";

        public float Label { get; set; }

        public string[] Tags { get; set; } = [];

        public string Answer { get; set; } = "";

        public int Start { get; set; }
    }
}
