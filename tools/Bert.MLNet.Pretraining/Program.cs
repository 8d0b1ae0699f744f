using System.CommandLine;
using Bert.MLNet.Pretraining.Commands;

var root = new RootCommand(
    "Pretrains a small BERT from plain text: vocabulary, tokenize, cooccurrence, mlm, contrastive, save, evaluate, in this order. " +
    "README.md beside this project lists the commands for data/models/bert-mini-en.")
{
    VocabularyCommand.Create(),
    TokenizeCommand.Create(),
    CooccurrenceCommand.Create(),
    MlmCommand.Create(),
    EmbeddingsCommand.Create(),
    ContrastiveCommand.Create(),
    SentencesCommand.Create(),
    DistillCommand.Create(),
    SaveCommand.Create(),
    StaticCommand.Create(),
    EvaluateCommand.Create(),
    FineTuneCommand.Create(),
    RetrievalCommand.Create(),
    CompactCommand.Create(),
    SummariesCommand.Create(),
    ExtractiveCommand.Create(),
    AbstractiveCommand.Create(),
    TranslationCommand.Create(),
};
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (
    error is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or InvalidOperationException
        or NotSupportedException or DllNotFoundException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
