using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tests.Persistence;

/// <summary>What the trainers fit, from short texts in seconds: little, but enough that it does not always predict the same.</summary>
internal static class SavedTrainings
{
    private const int Rows = 160;

    public static ITransformer TextClassification(MLContext ml)
    {
        var texts = ToyLanguage.Texts(Rows, seed: 3, classes: 3).Zip(ToyLanguage.Texts(Rows, seed: 4));
        IDataView raw = ml.Data.LoadFromEnumerable(texts.Select(row => new TextInput
        {
            Sentence1 = row.First.Text,
            Sentence2 = row.Second.Text,
            Name = row.First.Label switch { 0 => "bad", 1 => "good", _ => "neither" },
            Number = row.First.Label + 0.5f,
            Flag = row.First.Label == 1,
            Names = row.First.Label switch { 0 => ["known"], 1 => ["known", "good"], _ => [] },
        }).ToArray());
        IDataView data = Keys(ml, raw, "Name", "Number", "Names");
        BertModel model = Narrow("BertModel");
        TextClassificationTrainer.Options Options(string label) => Short(new TextClassificationTrainer.Options
        {
            LabelColumnName = label, OutputColumnName = "Of" + label, ScoreColumnName = label + "Score",
        });
        TextClassificationTrainer.Options pairs = Options("Number") with { Sentence2ColumnName = "Sentence2" };
        TextClassificationTrainer.Options several = Options("Names") with { Thresholds = [0.45f, 0.55f] };
        return new TransformerChain<ITransformer>(
            ml.MulticlassClassification.Trainers.TextClassification(Options("Name") with { Model = model }).Fit(data),
            ml.MulticlassClassification.Trainers.TextClassification(pairs with { Model = model }).Fit(data),
            ml.MulticlassClassification.Trainers.TextClassification(several with { Model = model }).Fit(data),
            ml.BinaryClassification.Trainers.TextClassification(Short(new TextClassificationBinaryTrainer.Options
            {
                Model = model,
                LabelColumnName = "Flag",
            })).Fit(data));
    }

    public static ITransformer FewShot(MLContext ml)
    {
        IDataView raw = ml.Data.LoadFromEnumerable(ToyLanguage.Texts(40, seed: 3, classes: 3).Select(row => new TextInput
        {
            Sentence1 = row.Text,
            Name = row.Label switch { 0 => "bad", 1 => "good", _ => "neither" },
            Flag = row.Label == 1,
        }).ToArray());
        IDataView data = Keys(ml, raw, "Name");
        var few = new BertFewShotOptions { Pairs = 640 };
        return new TransformerChain<ITransformer>(
            ml.MulticlassClassification.Trainers.TextClassification(Short(new TextClassificationTrainer.Options
            {
                Model = Narrow("BertModel"), LabelColumnName = "Name", FewShot = few, ValidationFraction = 0.3, InScopeRate = 0.8,
            })).Fit(data),
            ml.BinaryClassification.Trainers.TextClassification(Short(new TextClassificationBinaryTrainer.Options
            {
                Model = Narrow("BertModel"), LabelColumnName = "Flag", OutputColumnName = "IsGood", ScoreColumnName = "LogOdds",
                FewShot = few with { Head = BertFewShotHead.Differentiable },
            })).Fit(data));
    }

    public static ITransformer SentenceSimilarity(MLContext ml)
    {
        var texts = ToyLanguage.Texts(Rows, seed: 1).Zip(ToyLanguage.Texts(Rows, seed: 2));
        IDataView data = ml.Data.LoadFromEnumerable(texts.Select(pair => new PairInput
        {
            Sentence1 = pair.First.Text,
            Sentence2 = pair.Second.Text,
            Label = pair.First.Label == pair.Second.Label ? 5 : 1,
        }).ToArray());
        BertModel model = Narrow("BertModel");
        BertModel sentence = model.WithSentence(new BertSentenceOptions
        {
            Pooling = BertPooling.Cls | BertPooling.Mean, DefaultPromptName = "like",
            Prompts = new Dictionary<string, string> { ["like"] = "the " },
        });
        SentenceSimilarityTrainer.Options Options(string score, bool isBiEncoder) => Short(new SentenceSimilarityTrainer.Options
        {
            ScoreColumnName = score, BiEncoder = isBiEncoder,
        });
        SentenceSimilarityTrainer.Options scaled = Options("Scaled", isBiEncoder: true) with
        {
            MinimumLabel = 0,
            MaximumLabel = 6,
            MaxLength = 12,
        };
        return new TransformerChain<ITransformer>(
            ml.Regression.Trainers.SentenceSimilarity(Options("Cross", isBiEncoder: false) with { Model = model }).Fit(data),
            ml.Regression.Trainers.SentenceSimilarity(Options("Bi", isBiEncoder: true) with { Model = model }).Fit(data),
            ml.Regression.Trainers.SentenceSimilarity(scaled with { Model = sentence }).Fit(data));
    }

    public static ITransformer NamedEntityRecognition(MLContext ml)
    {
        (string[] Words, string[] Tags)[] sentences = [.. ToyEntities.Sentences(Rows, seed: 3)];
        IDataView raw = ml.Data.LoadFromEnumerable(sentences.Select(sentence =>
        {
            bool[] begins = [.. sentence.Tags.Select(tag => tag[0] == 'B')];
            bool[] ends = [.. sentence.Tags.Select((tag, word) => tag != "O" && sentence.Tags.ElementAtOrDefault(word + 1)?[0] != 'I')];
            int[] places = [.. sentence.Words.Select((_, word) => sentence.Words.Take(word).Sum(w => w.Length + 1))];
            return new WordInput
            {
                Text = string.Join(' ', sentence.Words),
                Iob2 = sentence.Tags,
                Bilou = [.. sentence.Tags.Select((tag, word) => tag == "O" ? tag : Bilou(begins[word], ends[word]) + tag[1..])],
                Plain = [.. sentence.Tags.Select(tag => tag == "O" ? tag : tag[2..])],
                Types = [.. sentence.Tags.Where((_, word) => begins[word]).Select(tag => tag[2..])],
                Starts = [.. places.Where((_, word) => begins[word])],
                Ends = [.. places.Zip(sentence.Words, (place, word) => place + word.Length).Where((_, word) => ends[word])],
            };
        }).ToArray());
        IDataView data = Keys(ml, raw, "Iob2", "Bilou", "Plain", "Types");
        BertModel model = Narrow("BertModel");
        BertTokenClassifierTransformer Fit(
            string label, Func<NamedEntityRecognitionTrainer.Options, NamedEntityRecognitionTrainer.Options>? set = null)
        {
            NamedEntityRecognitionTrainer.Options options = Short(new NamedEntityRecognitionTrainer.Options
            {
                Model = model,
                Sentence1ColumnName = "Text", LabelColumnName = label, OutputColumnName = "Of" + label,
                ScoreColumnName = label + "Score", EntitiesColumnName = label + "Entities",
                EntityTypesColumnName = label + "EntityTypes",
                EntityScoresColumnName = label + "EntityScores", EntityStartsColumnName = label + "EntityStarts",
                EntityEndsColumnName = label + "EntityEnds",
            });
            return ml.MulticlassClassification.Trainers.NamedEntityRecognition(set?.Invoke(options) ?? options).Fit(data);
        }
        return new TransformerChain<ITransformer>(
            Fit("Iob2"), Fit("Bilou"), Fit("Plain"),
            Fit("Types", options => options with { LabelStartsColumnName = "Starts", LabelEndsColumnName = "Ends", MaxLength = 16,
                Stride = 4 }));

        static string Bilou(bool begins, bool ends) => begins && ends ? "U" : begins ? "B" : ends ? "L" : "I";
    }

    public static ITransformer QuestionAnswer(MLContext ml)
    {
        IDataView data = ml.Data.LoadFromEnumerable(ToyLanguage.Texts(Rows, seed: 5).Select((row, i) => new QuestionInput
        {
            Sentence1 = "what is it ?",
            Sentence2 = row.Text + " it is",
            TrainingAnswer = i % 4 == 0 ? "" : row.Text,
            AnswerIndex = i % 4 == 0 ? -1 : 0,
        }).ToArray());
        BertModel model = Narrow("BertModel");
        QuestionAnswerTrainer.Options Options(string answer) => Short(new QuestionAnswerTrainer.Options
        {
            QuestionColumnName = "Sentence1", ContextColumnName = "Sentence2", PredictedAnswerColumnName = answer,
            ScoreColumnName = answer + "Score", StartColumnName = answer + "Start", EndColumnName = answer + "End",
        });
        QuestionAnswerTrainer.Options one = Options("One") with
        {
            TopKAnswers = null, NoAnswerColumnName = "NoAnswer", NoAnswerThreshold = 0.7f, MaxAnswerLength = 5, MaxLength = 20, Stride = 6,
        };
        return new TransformerChain<ITransformer>(
            ml.MulticlassClassification.Trainers.QuestionAnswer(Options("Several") with { Model = model }).Fit(data),
            ml.MulticlassClassification.Trainers.QuestionAnswer(one with { Model = model }).Fit(data));
    }

    public static ITransformer MaskedLanguageModel(MLContext ml)
    {
        IDataView data = ml.Data.LoadFromEnumerable(ToyLanguage.Texts(Rows, seed: 6).Select(row => new { row.Text }).ToArray());
        var options = Short(new MaskedLanguageModelTrainer.Options { MlmProbability = 0.5 });
        return ml.MulticlassClassification.Trainers.MaskedLanguageModel(options with { Model = Narrow("BertForMaskedLM") }).Fit(data);
    }

    private static IDataView Keys(MLContext ml, IDataView data, params string[] columns) =>
        ml.Transforms.Conversion.MapValueToKey([.. columns.Select(column => new InputOutputColumnPair(column))]).Fit(data).Transform(data);

    public static BertModel Narrow(string architecture) =>
        (SavedPipelines.Small(architecture) with { HiddenSize = 4, IntermediateSize = 8 }).Load();

    public static T Short<T>(T options)
        where T : BertTrainingOptions =>
        (T)((BertTrainingOptions)options with { MaxEpochs = 10, BatchSize = 8, LearningRate = 1.5e-2, Dropout = 0, NumberOfThreads = 1 });

    private sealed class TextInput
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public string Name { get; set; } = "";

        public float Number { get; set; }

        public bool Flag { get; set; }

        public string[] Names { get; set; } = [];
    }

    private sealed class PairInput
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public float Label { get; set; }
    }

    private sealed class WordInput
    {
        public string Text { get; set; } = "";

        public string[] Iob2 { get; set; } = [];

        public string[] Bilou { get; set; } = [];

        public string[] Plain { get; set; } = [];

        public string[] Types { get; set; } = [];

        public int[] Starts { get; set; } = [];

        public int[] Ends { get; set; } = [];
    }

    private sealed class QuestionInput
    {
        public string Sentence1 { get; set; } = "";

        public string Sentence2 { get; set; } = "";

        public string TrainingAnswer { get; set; } = "";

        public int AnswerIndex { get; set; }
    }
}
