using System.CommandLine;
using Bert.MLNet.Cli.Training;

namespace Bert.MLNet.Cli.Verbs;

/// <summary><c>summarization</c>: trains a checkpoint that summarizes texts in its own words.</summary>
internal static class SummarizationVerb
{
    public static Command Create(ToolStreams streams) => WritingTraining.CreateVerb(
        new Command(
            "summarization", "Trains an encoder and a decoder that summarize texts in their own words, and writes the folder NAME in " +
            "HuggingFace's format, for 'summarize --method abstractive'."), WritingTask.Summarization, streams);
}
