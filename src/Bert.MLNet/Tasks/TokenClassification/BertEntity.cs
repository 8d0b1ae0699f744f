using Bert.MLNet.Tasks;

namespace Bert.MLNet;

/// <summary>A named entity in a text. Immutable.</summary>
public sealed record BertEntity
{
    private BertEntity(string text, string type, float score, int start, int end) =>
        (Text, Type, Score, Start, End) = (text, type, score, start, end);

    /// <summary>The entity, as it is written in the text.</summary>
    public string Text { get; }

    /// <summary>The type, such as PER; with <see cref="BertAggregation.None"/>, the label of a token, such as B-PER.</summary>
    public string Type { get; }

    /// <summary>The probability, from 0 to 1: the mean over the entity's tokens or words.</summary>
    public float Score { get; }

    /// <summary>The start in the text, in UTF-16 code units.</summary>
    public int Start { get; }

    /// <summary>The end in the text, so that <c>text[Start..End]</c> is the entity.</summary>
    public int End { get; }

    /// <summary>Returns the entities of a text.</summary>
    internal static IReadOnlyList<BertEntity> Of(EntitiesOfText found) =>
    [
        .. found.Entities.Select(entity => new BertEntity(
            found.Text[entity.Start..entity.End].ToString(), entity.Type, entity.Score, entity.Start, entity.End)),
    ];
}
