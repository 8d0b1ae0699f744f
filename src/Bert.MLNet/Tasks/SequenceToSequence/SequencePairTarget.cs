using System.Runtime.InteropServices;
using Bert.MLNet.DataViews;
using Bert.MLNet.Training;
using Microsoft.ML;
using Options = Bert.MLNet.SequenceToSequenceTrainer.Options;

namespace Bert.MLNet.Tasks;

/// <summary>Sources and targets. A row of the data is a training row; it is skipped if its target is empty.</summary>
internal sealed class SequencePairTarget(DataViewSchema schema, Options options) : TrainingTarget
{
    private readonly DataViewSchema.Column _source =
        InputColumn.FindText(schema, options.SourceColumnName, nameof(options.SourceColumnName));

    private readonly DataViewSchema.Column _target = InputColumn.FindText(schema, options.LabelColumnName, nameof(options.LabelColumnName));

    private long _empty;

    public override IReadOnlyList<DataViewSchema.Column> Columns => [_source, _target];

    public override string? Warning => _empty > 0
        ? $"Rows without a text in column '{_target.Name}', which are skipped: {_empty}."
        : null;

    public override Action CreateReader(DataViewRow row, List<TrainingRow> rows)
    {
        var getSource = row.GetGetter<ReadOnlyMemory<char>>(_source);
        var getTarget = row.GetGetter<ReadOnlyMemory<char>>(_target);
        ReadOnlyMemory<char> source = default, target = default;
        BertTokenizer reads = options.Checkpoint.Tokenizer;
        BertDecoder decoder = options.Checkpoint.RequireDecoder();
        int longest = (options.MaxTargetLength ?? decoder.Config.MaxTokens) - 2; // without the start and the end
        List<int> ids = [], written = [];
        return () =>
        {
            getTarget(ref target);
            written.Clear();
            decoder.Tokenizer.EncodeTo(target.Span, written);
            if (written.Count == 0)
            {
                _empty++;
                return;
            }
            if (written.Count > longest)
                CollectionsMarshal.SetCount(written, longest);
            getSource(ref source);
            ids.Clear();
            reads.EncodeTo(source.Span, default, hasPair: false, options.MaxLength!.Value, BertTruncation.OnlyFirst, ids, out _);
            rows.Add(new SequencePairRow([.. ids], [.. written, decoder.EndTokenId], row.Position)
            {
                Reference = options.ValidationMetric == BertTextMetric.Loss ? "" : target.ToString(),
            });
        };
    }
}
