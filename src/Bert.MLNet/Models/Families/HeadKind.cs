namespace Bert.MLNet.Models.Families;

/// <summary>What may stand on an encoder, named as the ends of HuggingFace's class names. The numbers stand in saved models.</summary>
internal enum HeadKind
{
    /// <summary>A row's labels.</summary>
    SequenceClassification,

    /// <summary>Each token's labels.</summary>
    TokenClassification,

    /// <summary>Where an answer starts and ends.</summary>
    QuestionAnswering,

    /// <summary>The words under masks.</summary>
    MaskedLM,

    /// <summary>Whether the second text follows the first.</summary>
    NextSentencePrediction,
}
