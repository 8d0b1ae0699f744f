using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Generation;

namespace Bert.MLNet.Tasks;

/// <summary>A source and the texts that were written for it.</summary>
internal sealed class WrittenRow : TextRow<TokenSequence<GeneratedSequence[]>>
{
    /// <summary>The texts, the best first; null until a column requests them.</summary>
    public string[]? Written { get; set; }

    /// <summary>The scores of the texts.</summary>
    public IEnumerable<float> Scores => Items[0].Kept.Select(text => (float)text.Score);

    /// <summary>Gets the texts.</summary>
    public string[] Texts(BertTokenizer tokenizer) =>
        Written ??= [.. Items[0].Kept.Select(text => tokenizer.Decode(text.Ids, skipSpecialTokens: true))];
}
