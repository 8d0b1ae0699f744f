using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;

namespace Bert.MLNet.Tasks;

/// <summary>Texts without labels. A training row is a window of a text; empty texts are skipped.</summary>
internal sealed class MaskedTextTarget(
    DataViewSchema schema, BertTokenizer tokenizer, int maxLength, MaskedLanguageModelTrainer.Options options) : TrainingTarget
{
    private readonly DataViewSchema.Column _text = InputColumn.FindText(schema, options.InputColumnName, nameof(options.InputColumnName));
    private readonly BertEncodeOptions _encoding = TextWindows.Encoding(maxLength, stride: 0);

    public override IReadOnlyList<DataViewSchema.Column> Columns => [_text];

    public override Action CreateReader(DataViewRow row, List<TrainingRow> rows)
    {
        var getter = row.GetGetter<ReadOnlyMemory<char>>(_text);
        ReadOnlyMemory<char> text = default;
        int specialTokens = tokenizer.Row.SpecialTokens(hasPair: false);
        return () =>
        {
            getter(ref text);
            BertEncoding first = tokenizer.Encode(text.ToString(), options: _encoding);
            foreach (BertEncoding window in first.Overflowing.Prepend(first))
            {
                int words = window.Ids.Count - specialTokens;
                if (words > 0)
                    rows.Add(new TrainingRow([.. window.Ids], window.Ids.Count, row.Position, [], (float)(words * options.MlmProbability)));
            }
        };
    }
}
