using System.CommandLine;
using Bert.MLNet.Training;

namespace Bert.MLNet.Pretraining.Commands;

/// <summary><c>cooccurrence</c>: computes initial token embeddings from counts.</summary>
internal static class CooccurrenceCommand
{
    public static Command Create()
    {
        Option<FileInfo> corpus = CommandOptions.Corpus();
        Option<FileSystemInfo> vocabulary = CommandOptions.Vocabulary();
        Option<int> width = new("--hidden-size") { Description = "The size of the vectors.", DefaultValueFactory = _ => 256 };
        Option<string> output = CommandOptions.Output("The safetensors file to write.");
        var command = new Command("cooccurrence", "Factorizes which tokens occur near each other (PPMI, window of 5).")
        {
            corpus,
            vocabulary,
            width,
            output,
        };
        command.SetAction(arguments =>
        {
            TorchRuntime.EnsureLoaded();
            int size = CommandOptions.Tokenizer(arguments.GetRequiredValue(vocabulary)).Vocabulary.Size;
            float[] vectors = CooccurrenceEmbeddings.Train(
                TokenCorpus.Load(arguments.GetRequiredValue(corpus).FullName), size, arguments.GetValue(width), new CooccurrenceOptions());
            Checkpoints.WriteWordEmbeddings(arguments.GetRequiredValue(output), vectors, size);
        });
        return command;
    }
}
