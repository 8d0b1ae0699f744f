using Microsoft.ML;

namespace Bert.MLNet.Server.Models;

/// <summary>Opens the tasks of a <c>model.zip</c>.</summary>
internal static class ModelFileTasks
{
    /// <summary>Opens a file for the task of its last BERT step, or for the column Score that its steps compute together.</summary>
    /// <param name="id">The model's id.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="tasks">Creates the tasks.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or has no step that can be served.</exception>
    public static ServedModel Open(string id, string path, TaskFactory tasks)
    {
        MLContext ml = tasks.Device.CreateContext();
        ITransformer model = ml.Model.LoadFromFile(path, out DataViewSchema? schema);
        if (model is IDisposable disposable)
            tasks.Owned.Add(disposable);
        BertTransformer[] steps = [.. (model as IEnumerable<ITransformer> ?? [model]).OfType<BertTransformer>()];
        BertModel? checkpoint = steps.FirstOrDefault()?.Model;
        return steps.LastOrDefault() switch
        {
            BertTokenClassifierTransformer step => Served() with { FindEntities = tasks.Create("ner", step.CreateEntityRecognizer()) },
            BertQuestionAnsweringTransformer step => Served() with { Answer = tasks.Create("qa", step.CreateQuestionAnswerer()) },
            BertFillMaskTransformer step => Served() with { FillMask = tasks.Create("fill-mask", step.CreateFillMask()) },
            BertSequenceToSequenceTransformer step => Written(
                tasks.Create("write", step.CreateTextGenerator(), null, texts => texts[0].Text)),
            BertExtractiveSummarizerTransformer step => Served() with
            {
                Summarize = tasks.Create("summarize", step.CreateExtractiveSummarizer(), null, summary => summary.Text),
            },
            BertClassifierTransformer { ReadsPairs: false } step => Served() with
            {
                Classify = new(tasks.CreateScoring(step.CreateClassifier(topK: null), TaskFactory.LimitOfText(step.Model)), null),
            },
            BertClassifierTransformer step => Served() with
            {
                ClassifyPair = new(tasks.CreateScoring(step.CreatePairClassifier(topK: null), TaskFactory.LimitOfPair(step.Model)), null),
            },
            BertEmbeddingTransformer step when !ScoringPipeline.HasScore(model, schema) => Served() with
            {
                Embed = tasks.Create("embed", step.CreateEmbedder(), TaskFactory.LimitOfText(step.Model)),
            },
            _ => Scoring(),
        };

        ServedModel Written(IServedTask<string, string> task) => Served() with { Summarize = task, Translate = task };

        ServedModel Served() => new() { Id = id, Checkpoint = checkpoint, Owned = tasks.Owned };

        ServedModel Scoring()
        {
            IServedTask<BertTextPair, IReadOnlyList<LabelScore>> pairs =
                tasks.Create(ScoringPipeline.Open(ml, path, model, schema, checkpoint));
            return Served() with
            {
                Classify = new(new SingleTextTask(pairs), null),
                ClassifyPair = new(pairs, null),
                Rerank = new(pairs, null),
            };
        }
    }
}
