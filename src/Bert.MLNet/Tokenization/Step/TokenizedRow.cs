using Bert.MLNet.DataViews;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Bert.MLNet.Tokenization;

/// <summary>
/// The tokens of a cursor's current row, computed once for all requested columns, and without allocations for the numeric ones.
/// </summary>
internal sealed class TokenizedRow
{
    private readonly BertTokenizer _tokenizer;
    private readonly BertTokenizerEstimator.Options _options;
    private readonly DataViewRow _row;
    private readonly ValueGetter<ReadOnlyMemory<char>> _readText;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _readPair;
    private readonly BertEncodeOptions _encodeOptions;
    private readonly List<int> _ids = [];

    private ReadOnlyMemory<char> _text, _pair;
    private long _idsPosition = -1, _encodingPosition = -1;
    private BertEncoding? _encoding;
    private int _pairStart;

    /// <param name="options">The resolved options.</param>
    /// <param name="row">The cursor.</param>
    public TokenizedRow(BertTokenizerEstimator.Options options, DataViewRow row)
    {
        (_tokenizer, _options, _row) = (options.Tokenizer!, options, row);
        _encodeOptions = new BertEncodeOptions
        {
            MaxLength = options.MaxLength,
            Truncation = options.Truncation,
            Padding = options.Padding,
            PaddingSide = options.PaddingSide,
        };
        (DataViewSchema.Column text, DataViewSchema.Column? pair) = TokenColumns.Bind(row.Schema, options);
        _readText = row.GetGetter<ReadOnlyMemory<char>>(text);
        _readPair = pair is { } column ? row.GetGetter<ReadOnlyMemory<char>>(column) : null;
    }

    /// <summary>Creates a getter of a numeric column.</summary>
    public ValueGetter<VBuffer<long>> CreateGetter(TokenOutput output) => (ref VBuffer<long> value) =>
    {
        Tokenize();
        int length = _options.Pads ? _options.MaxLength!.Value : _ids.Count;
        var editor = VBufferEditor.Create(ref value, length);
        int begin = _options.PaddingSide == BertPaddingSide.Left ? length - _ids.Count : 0;
        Span<long> tokens = editor.Values.Slice(begin, _ids.Count);
        editor.Values.Fill(output == TokenOutput.InputIds ? _tokenizer.PadTokenId : 0);
        switch (output)
        {
            case TokenOutput.InputIds:
                for (int i = 0; i < tokens.Length; i++)
                    tokens[i] = _ids[i];
                break;
            case TokenOutput.AttentionMask:
                tokens.Fill(1);
                break;
            default:
                tokens[_pairStart..].Fill(1);
                break;
        }
        value = editor.Commit();
    };

    public void GetTokens(ref VBuffer<ReadOnlyMemory<char>> value)
    {
        BertEncoding encoding = Encode();
        var editor = VBufferEditor.Create(ref value, encoding.Length);
        for (int i = 0; i < encoding.Length; i++)
            editor.Values[i] = encoding.Tokens[i].AsMemory();
        value = editor.Commit();
    }

    public void GetOffsets(ref VBuffer<int> value)
    {
        BertEncoding encoding = Encode();
        var editor = VBufferEditor.Create(ref value, encoding.Length * 2);
        for (int i = 0; i < encoding.Length; i++)
            (editor.Values[2 * i], editor.Values[2 * i + 1]) = encoding.Offsets[i];
        value = editor.Commit();
    }

    private void Tokenize()
    {
        if (_row.Position >= 0 && _row.Position == _idsPosition)
            return;
        _idsPosition = -1;
        Read();
        _ids.Clear();
        try
        {
            _tokenizer.EncodeTo(
                _text.Span, _pair.Span, _readPair is not null, _options.MaxLength ?? int.MaxValue,
                _options.Truncation, _ids, out _pairStart);
        }
        catch (ArgumentException exception)
        {
            throw Located(exception);
        }
        _idsPosition = _row.Position;
    }

    private BertEncoding Encode()
    {
        if (_encoding is not null && _row.Position >= 0 && _row.Position == _encodingPosition)
            return _encoding;
        _encodingPosition = -1;
        Read();
        try
        {
            _encoding = _tokenizer.Encode(_text.ToString(), _readPair is null ? null : _pair.ToString(), _encodeOptions);
        }
        catch (ArgumentException exception)
        {
            throw Located(exception);
        }
        _encodingPosition = _row.Position;
        return _encoding;
    }

    private void Read()
    {
        _readText(ref _text);
        _readPair?.Invoke(ref _pair);
    }

    private InvalidOperationException Located(ArgumentException exception) =>
        new($"Row {_row.Position}, {InputColumn.Describe(_options.InputColumnName, _text.Span)}: {exception.Message}", exception);
}
