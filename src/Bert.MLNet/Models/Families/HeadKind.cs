namespace Bert.MLNet.Models.Families;

/// <summary>The heads of encoders, named after the suffixes of HuggingFace's class names. The numbers are stored in saved models.</summary>
internal enum HeadKind
{
    /// <summary>Predicts the labels of a row.</summary>
    SequenceClassification,

    /// <summary>Predicts the labels of each token.</summary>
    TokenClassification,

    /// <summary>Predicts the start and end of an answer.</summary>
    QuestionAnswering,

    /// <summary>Predicts masked words.</summary>
    MaskedLM,

    /// <summary>Predicts whether the second text follows the first.</summary>
    NextSentencePrediction,

    /// <summary>Predicts which words were replaced.</summary>
    ReplacedTokens,
}

internal static class HeadKindExtensions
{
    /// <summary>Returns whether the last layer of this head depends on the labels, so that other labels require a new layer.</summary>
    public static bool IsPerLabel(this HeadKind kind) =>
        kind is HeadKind.SequenceClassification or HeadKind.TokenClassification or HeadKind.QuestionAnswering;
}
