using System.CommandLine;
using Bert.MLNet.Cli.Training;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>summarization</c>: trains a checkpoint that summarizes texts, in its own words or in theirs.</summary>
internal static class SummarizationVerb
{
    public static Command Create(ToolStreams streams) => WritingTraining.CreateVerb(
        new Command(
            "summarization", "Trains a checkpoint that summarizes texts in new words, with an encoder and a decoder, or by picking " +
            "their sentences (--method extractive). Writes the folder NAME in HuggingFace's format, for 'summarize'."),
        WritingTask.Summarization, streams);
}
