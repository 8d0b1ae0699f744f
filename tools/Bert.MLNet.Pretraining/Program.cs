using System.CommandLine;
using Bert.MLNet.Pretraining.Commands;

return new RootCommand(
    "Pretrains a small BERT from plain text: vocabulary, tokenize, cooccurrence, mlm, contrastive, save, evaluate, in this order. " +
    "README.md beside this project has the commands that made data/models/bert-mini-en.")
{
    VocabularyCommand.Create(),
    TokenizeCommand.Create(),
    CooccurrenceCommand.Create(),
    MlmCommand.Create(),
    ContrastiveCommand.Create(),
    SaveCommand.Create(),
    EvaluateCommand.Create(),
}.Parse(args).Invoke();
