using System.CommandLine;
using Bert.MLNet.Cli.Training;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>translation</c>: trains a checkpoint that translates texts.</summary>
internal static class TranslationVerb
{
    public static Command Create(ToolStreams streams) => WritingTraining.CreateVerb(
        new Command(
            "translation", "Trains an encoder and a decoder that translate texts, and writes the folder NAME in HuggingFace's format, " +
            "for 'translate'."), WritingTask.Translation, streams);
}
