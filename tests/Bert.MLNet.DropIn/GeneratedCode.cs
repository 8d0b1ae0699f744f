using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;

// Two projects compile this file. The only difference is the namespace of the trainers, which is a <Using> of each project.
namespace ModelBuilder;

/// <summary>Code as Model Builder generates it, from rows to a prediction.</summary>
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

    public static (float PredictedLabel, float[] Score) TrainAndPredict(MLContext mlContext)
    {
        IDataView data = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 12)
            .Select(i => new ModelInput { Col0 = i % 2 == 0 ? "a bad film" : "what a great film", Col1 = i % 2 }));
        using var engine = mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(RetrainPipeline(mlContext, data));
        ModelOutput result = engine.Predict(new ModelInput { Col0 = @"a great film" });
        return (result.PredictedLabel, result.Score);
    }
}

/// <summary>All parameters by name, except the one that selects a checkpoint.</summary>
public static class ParaphraseModel
{
    public class ModelInput
    {
        public string First { get; set; } = "";

        public string Second { get; set; } = "";

        public string Same { get; set; } = "";
    }

    public class ModelOutput
    {
        public string Guess { get; set; } = "";

        public float[] Scores { get; set; } = [];
    }

    public static IEstimator<ITransformer> BuildPipeline(MLContext mlContext, IDataView validationData) =>
        mlContext.MulticlassClassification.Trainers.TextClassification(
            labelColumnName: @"Same",
            scoreColumnName: @"Scores",
            outputColumnName: @"Guess",
            sentence1ColumnName: @"First",
            sentence2ColumnName: @"Second",
            batchSize: 4,
            maxEpochs: 2,
            validationSet: validationData)
        .Append(mlContext.Transforms.Conversion.MapKeyToValue(@"Guess"));

    public static (string Guess, float[] Scores) TrainAndPredict(MLContext mlContext)
    {
        IDataView rows = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 8)
            .Select(i => new ModelInput { First = "a great film", Second = i % 2 == 0 ? "a fine film" : "no milk", Same = i % 2 == 0 ? "yes" : "no" }));
        var keys = mlContext.Transforms.Conversion.MapValueToKey(@"Same").Fit(rows);
        IDataView data = keys.Transform(rows);
        ITransformer model = BuildPipeline(mlContext, mlContext.Data.TakeRows(data, 4)).Fit(data);
        using var engine = mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(keys.Append(model));
        ModelOutput result = engine.Predict(new ModelInput { First = "a film", Second = "a good film" });
        return (result.Guess, result.Scores);
    }
}

/// <summary>Code as Model Builder generates it, from rows to a prediction.</summary>
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

    public static float TrainAndPredict(MLContext mlContext)
    {
        IDataView data = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 12)
            .Select(i => new ModelInput { Source = i % 2 == 0 ? "bad" : "great", Target = "a great film", Similarity = i % 2 }));
        using var engine = mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(RetrainPipeline(mlContext, data));
        return engine.Predict(new ModelInput { Source = @"bad", Target = @"a great film" }).Score;
    }
}

/// <summary>Code as Model Builder generates it, from rows to a prediction.</summary>
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

    // The generated pipeline removes punctuation but not its labels: an empty word remains between two spaces.
    public static IReadOnlyList<ModelInput> Rows { get; } =
    [
        new() { Sentence = "Alice lives in Paris , France .", Label = ["PERSON", "0", "0", "CITY", "0", "COUNTRY", "0"] },
        new() { Sentence = "Bob 's friend Carol left", Label = ["PERSON", "0", "0", "PERSON", "0"] },
    ];

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

    public static string[][] TrainAndPredict(MLContext mlContext)
    {
        IDataView labels = mlContext.Data.LoadFromEnumerable(new[] { "PERSON", "CITY", "COUNTRY" }.Select(key => new LabelKey { Key = key }));
        ITransformer model = RetrainPipeline(mlContext, mlContext.Data.LoadFromEnumerable(Rows), labels);
        using var engine = mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(model);
        return [.. Rows.Select(row => engine.Predict(row).PredictedLabel)];
    }
}

/// <summary>All parameters by name, except the one that selects a checkpoint.</summary>
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

    public static (string[] Answer, float[] Score) TrainAndPredict(MLContext mlContext)
    {
        IDataView data = mlContext.Data.LoadFromEnumerable(
            [new ModelInput { Context = "a great film", Question = "how is it ?", TrainingAnswer = "great", AnswerIndex = 2 }]);
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
        using var engine = mlContext.Model.CreatePredictionEngine<ModelInput, ModelOutput>(model);
        ModelOutput result = engine.Predict(new ModelInput { Context = "a great film", Question = "how is it ?" });
        return (result.Answer, result.Score);
    }
}
