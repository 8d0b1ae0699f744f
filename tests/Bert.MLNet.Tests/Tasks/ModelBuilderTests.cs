using System.Reflection;
using Bert.MLNet.Tests.Training;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

namespace Bert.MLNet.Tests.Tasks;

/// <summary>Code of the form that Model Builder generates for Microsoft.ML.TorchSharp, with <c>using Bert.MLNet;</c> in place of its namespace.</summary>
[Collection(UsesTorch.Name)]
public class ModelBuilderTests
{
    [Theory]
    [InlineData(typeof(BertMulticlassTrainersCatalog), "TextClassification",
        "labelColumnName=Label scoreColumnName=Score outputColumnName=PredictedLabel sentence1ColumnName=Sentence1 sentence2ColumnName= batchSize=32 maxEpochs=10 model= validationSet=")]
    [InlineData(typeof(BertRegressionTrainersCatalog), "SentenceSimilarity",
        "labelColumnName=Label scoreColumnName=Score sentence1ColumnName=Sentence1 sentence2ColumnName=Sentence2 batchSize=32 maxEpochs=10 model= validationSet=")]
    [InlineData(typeof(BertMulticlassTrainersCatalog), "NamedEntityRecognition",
        "labelColumnName=Label outputColumnName=PredictedLabel sentence1ColumnName=Sentence batchSize=32 maxEpochs=10 model= validationSet=")]
    [InlineData(typeof(BertMulticlassTrainersCatalog), "QuestionAnswer",
        "contextColumnName=Context questionColumnName=Question trainingAnswerColumnName=TrainingAnswer answerIndexColumnName=AnswerIndex predictedAnswerColumnName=Answer scoreColumnName=Score topK=3 batchSize=4 maxEpochs=10 model= validationSet=")]
    public void Parameters_have_the_names_order_and_defaults_of_TorchSharps_with_the_model_in_place_of_the_architecture(Type catalog, string trainer, string parameters)
    {
        MethodInfo simple = catalog.GetMethods().Single(method => method.Name == trainer && method.GetParameters().All(parameter => parameter.Name != "options"));
        Assert.Equal(parameters, string.Join(' ', simple.GetParameters().Skip(1).Select(parameter => $"{parameter.Name}={parameter.DefaultValue}")));
    }

    [Fact]
    public void Text_classification_runs_as_generated()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(ToyLanguage.Texts(12, seed: 1).Select(row => new SentimentModel.ModelInput { Col0 = row.Text, Col1 = row.Label }));
        ITransformer model = SentimentModel.RetrainPipeline(mlContext, data);
        PredictionEngine<SentimentModel.ModelInput, SentimentModel.ModelOutput> engine = mlContext.Model.CreatePredictionEngine<SentimentModel.ModelInput, SentimentModel.ModelOutput>(model);
        SentimentModel.ModelOutput result = engine.Predict(new SentimentModel.ModelInput { Col0 = @"a great film" });
        Assert.Contains(result.PredictedLabel, new[] { 0f, 1f });
        Assert.Equal(1, result.Score.Sum(), 1e-5f);
    }

    [Fact]
    public void Sentence_similarity_runs_as_generated()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable(ToyLanguage.Texts(12, seed: 1).Select(row => new SimilarityModel.ModelInput { Source = row.Text, Target = "a great film", Similarity = row.Label }));
        ITransformer model = SimilarityModel.RetrainPipeline(mlContext, data);
        PredictionEngine<SimilarityModel.ModelInput, SimilarityModel.ModelOutput> engine = mlContext.Model.CreatePredictionEngine<SimilarityModel.ModelInput, SimilarityModel.ModelOutput>(model);
        Assert.True(float.IsFinite(engine.Predict(new SimilarityModel.ModelInput { Source = @"bad", Target = @"a great film" }).Score));
    }

    [Fact]
    public void Named_entity_recognition_runs_as_generated()
    {
        // The generated pipeline takes punctuation away, and the labels stay as many: an empty word is left between two spaces.
        var mlContext = new MLContext(seed: 1);
        NamedEntityModel.ModelInput[] rows =
        [
            new() { Sentence = "Alice lives in Paris , France .", Label = ["PERSON", "0", "0", "CITY", "0", "COUNTRY", "0"] },
            new() { Sentence = "Bob 's friend Carol left", Label = ["PERSON", "0", "0", "PERSON", "0"] },
        ];
        IDataView labels = mlContext.Data.LoadFromEnumerable(new[] { "PERSON", "CITY", "COUNTRY" }.Select(key => new NamedEntityModel.LabelKey { Key = key }));
        ITransformer model = NamedEntityModel.RetrainPipeline(mlContext, mlContext.Data.LoadFromEnumerable(rows), labels);
        PredictionEngine<NamedEntityModel.ModelInput, NamedEntityModel.ModelOutput> engine = mlContext.Model.CreatePredictionEngine<NamedEntityModel.ModelInput, NamedEntityModel.ModelOutput>(model);
        foreach (NamedEntityModel.ModelInput row in rows)
        {
            NamedEntityModel.ModelOutput result = engine.Predict(row);
            Assert.Equal(row.Sentence.Split(' ').Length, result.PredictedLabel.Length);
            Assert.All(result.PredictedLabel, label => Assert.Contains(label, new[] { "", "PERSON", "CITY", "COUNTRY" }));
            Assert.All(row.Sentence.Split(' ').Zip(result.PredictedLabel).Where(word => word.First is "," or "."), word => Assert.Equal("", word.Second));
        }
    }

    [Fact]
    public void Question_answering_runs_as_written_for_TorchSharp()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView data = mlContext.Data.LoadFromEnumerable([new QuestionModel.ModelInput { Context = "a great film", Question = "how is it ?", TrainingAnswer = "great", AnswerIndex = 2 }]);
        ITransformer model = mlContext.MulticlassClassification.Trainers.QuestionAnswer(
            contextColumnName: "Context",
            questionColumnName: "Question",
            trainingAnswerColumnName: "TrainingAnswer",
            answerIndexColumnName: "AnswerIndex",
            predictedAnswerColumnName: "Answer",
            scoreColumnName: "Score",
            topK: 2,
            batchSize: 4,
            maxEpochs: 1,
            validationSet: data).Fit(data);
        using var engine = mlContext.Model.CreatePredictionEngine<QuestionModel.ModelInput, QuestionModel.ModelOutput>(model);
        QuestionModel.ModelOutput result = engine.Predict(new QuestionModel.ModelInput { Context = "a great film", Question = "how is it ?" });
        Assert.Equal(2, result.Answer.Length);
        Assert.All(result.Answer, answer => Assert.Contains(answer, "a great film", StringComparison.Ordinal));
        Assert.Equal(result.Score.OrderDescending(), result.Score);
    }

    public static class QuestionModel
    {
        public class ModelInput
        {
            public string Context { get; set; } = "";

            public string Question { get; set; } = "";

            public string TrainingAnswer { get; set; } = "";

            public int AnswerIndex { get; set; }
        }

        public class ModelOutput
        {
            public string[] Answer { get; set; } = [];

            public float[] Score { get; set; } = [];
        }
    }

    public static class SentimentModel
    {
        public class ModelInput
        {
            [LoadColumn(0)]
            [ColumnName(@"col0")]
            public string Col0 { get; set; } = "";

            [LoadColumn(1)]
            [ColumnName(@"col1")]
            public float Col1 { get; set; }
        }

        public class ModelOutput
        {
            [ColumnName(@"col0")]
            public string Col0 { get; set; } = "";

            [ColumnName(@"col1")]
            public uint Col1 { get; set; }

            [ColumnName(@"PredictedLabel")]
            public float PredictedLabel { get; set; }

            [ColumnName(@"Score")]
            public float[] Score { get; set; } = [];
        }

        public static ITransformer RetrainPipeline(MLContext mlContext, IDataView trainData)
        {
            var pipeline = BuildPipeline(mlContext);
            var model = pipeline.Fit(trainData);

            return model;
        }

        public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext)
        {
            // Data process configuration with pipeline data transformations
            var pipeline = mlContext.Transforms.Conversion.MapValueToKey(outputColumnName: @"col1", inputColumnName: @"col1", addKeyValueAnnotationsAsText: false)
                                    .Append(mlContext.MulticlassClassification.Trainers.TextClassification(labelColumnName: @"col1", sentence1ColumnName: @"col0"))
                                    .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: @"PredictedLabel", inputColumnName: @"PredictedLabel"));

            return pipeline;
        }
    }

    public static class SimilarityModel
    {
        public class ModelInput
        {
            [ColumnName(@"Source")]
            public string Source { get; set; } = "";

            [ColumnName(@"Target")]
            public string Target { get; set; } = "";

            [ColumnName(@"Similarity")]
            public float Similarity { get; set; }
        }

        public class ModelOutput
        {
            [ColumnName(@"Score")]
            public float Score { get; set; }
        }

        public static ITransformer RetrainPipeline(MLContext mlContext, IDataView trainData)
        {
            var pipeline = BuildPipeline(mlContext);
            var model = pipeline.Fit(trainData);

            return model;
        }

        public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext)
        {
            // Data process configuration with pipeline data transformations
            var pipeline = mlContext.Transforms.ReplaceMissingValues(@"Similarity", @"Similarity")
                                    .Append(mlContext.Regression.Trainers.SentenceSimilarity(labelColumnName: @"Similarity", sentence1ColumnName: @"Source", sentence2ColumnName: @"Target"));

            return pipeline;
        }
    }

    public static class NamedEntityModel
    {
        public class ModelInput
        {
            [ColumnName(@"Sentence")]
            public string Sentence { get; set; } = "";

            [ColumnName(@"Label")]
            public string[] Label { get; set; } = [];
        }

        public class ModelOutput
        {
            [ColumnName(@"PredictedLabel")]
            public string[] PredictedLabel { get; set; } = [];
        }

        public class LabelKey
        {
            public string Key { get; set; } = "";
        }

        public static ITransformer RetrainPipeline(MLContext mlContext, IDataView trainData, IDataView labels)
        {
            var pipeline = BuildPipeline(mlContext, labels);
            var model = pipeline.Fit(trainData);

            return model;
        }

        public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext, IDataView labels)
        {
            // Data process configuration with pipeline data transformations
            var pipeline = mlContext.Transforms.Text.NormalizeText(inputColumnName: @"Sentence", outputColumnName: @"Sentence", caseMode: TextNormalizingEstimator.CaseMode.None, keepDiacritics: false, keepPunctuations: false, keepNumbers: true)
                                    .Append(mlContext.Transforms.Conversion.MapValueToKey(outputColumnName: @"Label", inputColumnName: @"Label", addKeyValueAnnotationsAsText: false, keyData: labels))
                                    .Append(mlContext.MulticlassClassification.Trainers.NamedEntityRecognition(labelColumnName: @"Label", outputColumnName: @"PredictedLabel", sentence1ColumnName: @"Sentence", batchSize: 10, maxEpochs: 2))
                                    .Append(mlContext.Transforms.Conversion.MapKeyToValue(outputColumnName: @"PredictedLabel", inputColumnName: @"PredictedLabel"));

            return pipeline;
        }
    }
}
