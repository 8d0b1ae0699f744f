namespace Bert.MLNet.Models.Families;

/// <summary>The heads of encoders, named after the suffixes of HuggingFace's class names. The numbers are stored in saved models.</summary>
internal enum HeadKind
{
    /// <summary>The labels of a row.</summary>
    SequenceClassification,

    /// <summary>The labels of each token.</summary>
    TokenClassification,

    /// <summary>The start and end of an answer.</summary>
    QuestionAnswering,

    /// <summary>The masked words.</summary>
    MaskedLM,

    /// <summary>Whether the second text follows the first.</summary>
    NextSentencePrediction,

    /// <summary>Which words somebody replaced.</summary>
    ReplacedTokens,
}

internal static class HeadKindExtensions
{
    /// <summary>Whether the last layer of such a head depends on the trained labels, so that other labels need a new layer.</summary>
    public static bool IsPerLabel(this HeadKind kind) =>
        kind is HeadKind.SequenceClassification or HeadKind.TokenClassification or HeadKind.QuestionAnswering;
}
