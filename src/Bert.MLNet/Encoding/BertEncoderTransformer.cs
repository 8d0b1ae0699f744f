using Bert.MLNet;
using Bert.MLNet.DataViews;
using Bert.MLNet.Encoders;
using Bert.MLNet.Persistence;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

[assembly: LoadableClass(
    typeof(BertEncoderTransformer), null, typeof(SignatureLoadModel), "BERT encoder", BertEncoderTransformer.LoaderSignature)]

namespace Bert.MLNet;

/// <summary>
/// Adds columns of hidden states to columns of token ids. Created by <see cref="BertEncoderEstimator"/> or loaded from a model file.
/// </summary>
/// <remarks>Thread-safe. Holds a native session until it is disposed; transformers over one <see cref="BertModel"/> share it.</remarks>
public sealed partial class BertEncoderTransformer : BertTransformer, IOnnxStep
{
    internal const string LoaderSignature = "BertEncoder";

    private static readonly VersionInfo Format = ComponentVersion.Create("BERTENCO", LoaderSignature);

    private readonly BertEncoderEstimator.Options _options;
    private readonly EncoderSession _session;

    /// <param name="env">The environment.</param>
    /// <param name="options">The resolved options.</param>
    internal BertEncoderTransformer(IHostEnvironment env, BertEncoderEstimator.Options options) : base(env, options)
    {
        _options = options;
        _session = EncoderSession.Acquire(Model, new([.. options.Outputs.SelectMany(column => column.Parts)]));
    }

    void IOnnxStep.SaveAsOnnx(StepGraph graph)
    {
        EncoderPart.WeightsOf(Model);
        string ids = graph.GetVariableName(_options.InputIdsColumnName);
        string? mask = _options.AttentionMaskColumnName is { } maskColumn ? graph.GetVariableName(maskColumn) : null;
        string? types = _options.TokenTypeIdsColumnName is { } typesColumn ? graph.GetVariableName(typesColumn) : null;
        IReadOnlyList<EncoderOutputColumn> columns = _options.Outputs;
        string[] values = [.. columns.Select(column => graph.AddIntermediateVariable(column.Type(Model.Config, 0), column.Name))];
        graph.Add(new GraphNode(graph.Step, [.. new[] { ids, mask, types }.OfType<string>()], values, file =>
        {
            string tokens = Integers(file, ids);
            IReadOnlyDictionary<EncoderOutput, string> outputs = EncoderPart.Write(file, Model, _session.Outputs, tokens,
                mask is null ? Integers(file, file.Add("Equal", [tokens, tokens])) : Integers(file, mask),
                types is null ? file.Add("Sub", [tokens, tokens]) : Integers(file, types));
            return [.. columns.Select(column => column.Write(file, outputs))];
        }));
    }

    private static string Integers(OnnxGraph graph, string values) => graph.Add("Cast", [values], ("to", (long)OnnxGraph.Int64));

    private protected override VersionInfo Version => Format;

    internal static BertEncoderTransformer Create(IHostEnvironment env, ModelLoadContext ctx) =>
        new(env, Load(env, ctx, Format, ReadV1).Resolve());

    private protected override void Release() => _session.Dispose();

    private protected override BatchMapper Bind(DataViewSchema inputSchema) => new Mapper(this, inputSchema);

    private sealed class Row : GivenSequence
    {
        public int MaskLength, TypesLength;
    }

    private sealed class Mapper : BatchMapper<Row, GivenSequence>
    {
        private readonly BertConfig _config;
        private readonly EncoderSession _session;
        private readonly IReadOnlyList<EncoderOutputColumn> _outputs;
        private readonly int[][] _parts;
        private readonly DataViewSchema.Column _ids;
        private readonly DataViewSchema.Column? _mask, _types;

        public Mapper(BertEncoderTransformer parent, DataViewSchema schema)
        {
            _config = parent.Model.Config;
            _session = parent._session;
            _outputs = parent._options.Outputs;
            _parts = [.. _outputs.Select(column => column.Parts.Select(_session.Outputs.IndexOf).ToArray())];
            (_ids, _mask, _types) = EncoderColumns.Bind(schema, parent._options);
            InputColumns = [.. new[] { _ids, _mask, _types }.OfType<DataViewSchema.Column>().Select(column => column.Index)];
            int length = ((VectorDataViewType)_ids.Type).Size;
            OutputColumns = [.. _outputs.Select(column => new DataViewSchema.DetachedColumn(column.Name, column.Type(_config, length)))];
        }

        public override IReadOnlyList<DataViewSchema.DetachedColumn> OutputColumns { get; }

        public override IReadOnlyList<int> InputColumns { get; }

        public override Action<Row> CreateReader(DataViewRow input)
        {
            TokenInputColumn.Reader ids = TokenInputColumn.CreateReader(input, _ids);
            TokenInputColumn.Reader? mask = _mask is { } maskColumn ? TokenInputColumn.CreateReader(input, maskColumn) : null;
            TokenInputColumn.Reader? types = _types is { } typesColumn ? TokenInputColumn.CreateReader(input, typesColumn) : null;
            return row =>
            {
                row.Length = ids(ref row.Ids);
                if (mask is not null)
                    row.MaskLength = mask(ref row.Mask);
                if (types is not null)
                    row.TypesLength = types(ref row.Types);
            };
        }

        public override void Prepare(Row row)
        {
            if (row.Length == 0)
                throw new FormatException("The row has no tokens. Even an empty text has [CLS] and [SEP].");
            if (_mask is { } mask)
                CheckLength(mask.Name, row.MaskLength, row.Length);
            if (_types is { } types)
                CheckLength(types.Name, row.TypesLength, row.Length);
            _session.Check(row.Ids.AsSpan(0, row.Length), row.Types.AsSpan(0, row.TypesLength));
        }

        public override ReadOnlySpan<GivenSequence> ItemsOf(Row row) => row.Items;

        public override void Run(ReadOnlySpan<GivenSequence> batch, bool[] activeOutputs) =>
            _session.Run(batch, (row, outputs) => Keep(row, outputs, activeOutputs));

        public override Delegate CreateGetter(int output, Func<Row> current) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            Row row = current();
            ReadOnlySpan<float> values = row.Results[output].AsSpan(0, _outputs[output].Size(_config, row.Length));
            VBufferEditor<float> editor = VBufferEditor.Create(ref value, values.Length);
            values.CopyTo(editor.Values);
            value = editor.Commit();
        });

        public override long ResultSize(Row row, bool[] activeOutputs)
        {
            long size = 0;
            for (int i = 0; i < _outputs.Count; i++)
                size += activeOutputs[i] ? sizeof(float) * (long)_outputs[i].Size(_config, row.Length) : 0;
            return size;
        }

        public override string Describe(Row row) => $"column '{_ids.Name}' ({row.Length} tokens)";

        private void Keep(GivenSequence row, SequenceOutputs outputs, bool[] activeOutputs)
        {
            if (row.Results.Length == 0)
                row.Results = [.. _outputs.Select(_ => Array.Empty<float>())];
            for (int i = 0; i < _outputs.Count; i++)
            {
                if (!activeOutputs[i])
                    continue;
                int size = _outputs[i].Size(_config, row.Length);
                if (row.Results[i].Length < size)
                    row.Results[i] = GC.AllocateUninitializedArray<float>(size);
                _outputs[i].Copy(_config, outputs, _parts[i], row.Length, row.Results[i]);
            }
        }

        private static void CheckLength(string column, int values, int tokens)
        {
            if (values != tokens)
                throw new FormatException($"Column '{column}' has {values} values for {tokens} tokens. It must have one value per token.");
        }
    }
}
