using Bert.MLNet.Models;
using Bert.MLNet.Models.Families;

namespace Bert.MLNet.Encoders;

// What is read out of hidden states.
internal sealed partial class BertGraph
{
    private string? _positions;
    private string? _first;
    private string? _last;
    private string? _mean;
    private string? _answers;

    private void Output(EncoderOutput output)
    {
        switch (output.Kind)
        {
            case EncoderOutputKind.LastHiddenState:
                _graph.Output(output.Name, ByRow(Last()), Rows, Length, _hidden);
                break;
            case EncoderOutputKind.FirstHiddenState:
                _graph.Output(output.Name, FirstToken(), Rows, _hidden);
                break;
            case EncoderOutputKind.HiddenStates:
                _graph.Output(output.Name, ByRow(_hiddenStates[output.Layer]), Rows, Length, _hidden);
                break;
            case EncoderOutputKind.LastLayersMean:
                string sum = _hiddenStates.TakeLast(output.Layer).Aggregate((left, right) => _graph.Add("Add", [left, right]));
                _graph.Output(output.Name, ByRow(_graph.Add("Div", [sum, _graph.Scalar(output.Layer)])), Rows, Length, _hidden);
                break;
            case EncoderOutputKind.Attentions:
                _graph.Output(output.Name, _attentions[output.Layer], Rows, _config.NumAttentionHeads, Length, Length);
                break;
            case EncoderOutputKind.PoolerOutput:
                _graph.Output(output.Name, _layers.Apply(_shape.Pooler!, FirstToken()), Rows, _hidden);
                break;
            case EncoderOutputKind.SequenceLogits:
                string row = _config.Head(HeadKind.SequenceClassification)!.Lstm is { } lstm ? LstmEnds(lstm)
                    : ReadsMean ? Mean()
                    : FirstToken();
                _graph.Output(output.Name, _layers.Apply(HeadKind.SequenceClassification, row), Rows, _config.NumLabels);
                break;
            case EncoderOutputKind.TokenLogits:
                string labels = _layers.Apply(
                    HeadKind.TokenClassification, _config.Head(HeadKind.TokenClassification)!.Lstm is { } all ? LstmStates(all) : Last());
                _graph.Output(output.Name, _graph.Add("Reshape", [labels, Concat(_size, _config.NumLabels)]), Rows, Length,
                    _config.NumLabels);
                break;
            case EncoderOutputKind.ReplacedTokenLogits:
                string replaced = _layers.Apply(HeadKind.ReplacedTokens, _hiddenStates[^1]);
                _graph.Output(output.Name, _graph.Add("Reshape", [replaced, _size]), Rows, Length);
                break;
            case EncoderOutputKind.StartLogits:
                _graph.Output(output.Name, AnswerLogits(0), Rows, Length);
                break;
            case EncoderOutputKind.EndLogits:
                _graph.Output(output.Name, AnswerLogits(1), Rows, Length);
                break;
            case EncoderOutputKind.MaskedWordLogits:
                _graph.Output(output.Name, _layers.Apply(HeadKind.MaskedLM, _lastLayersTokens == Tokens.Masked ? Last() : Masked(Last())),
                    Positions, _config.VocabSize);
                break;
            case EncoderOutputKind.WordLogits:
                _graph.Output(output.Name,
                    _graph.Add("Reshape", [_layers.Apply(HeadKind.MaskedLM, Last()), Concat(_size, _config.VocabSize)]), Rows, Length,
                    _config.VocabSize);
                break;
            case EncoderOutputKind.NextSentenceLogits:
                _graph.Output(output.Name, _layers.Apply(HeadKind.NextSentencePrediction, FirstToken()), Rows, 2);
                break;
            default:
                throw new ArgumentException($"A graph written from weights has no {output.Name}.", nameof(output));
        }
    }

    /// <summary>Selects the requested tokens from the matrix of all tokens, [positions, hidden].</summary>
    private string Masked(string matrix) =>
        _graph.Add("Gather", [matrix, _positions ??= Input(EncoderInput.MaskedPositions, Positions)], ("axis", 0L));

    /// <summary>Whether rows are classified by the mean of their hidden states.</summary>
    private bool ReadsMean => _config.Head(HeadKind.SequenceClassification)?.ReadsMean == true;

    private bool ReadsFirstToken(EncoderOutput output) =>
        output.ReadsFirstToken
        && !(output.Kind == EncoderOutputKind.SequenceLogits && (ReadsMean || _config.ClassifierLstmSize > 0));

    /// <summary>The states of an LSTM over the last hidden states, [rows × length, 2 × size].</summary>
    private string LstmStates(HeadLayer lstm)
    {
        (string states, _) = GraphLstm.Write(_graph, lstm, ByRow(Last()), _mask);
        string byToken = _graph.Add("Transpose", [states], ("perm", new long[] { 2, 0, 1, 3 }));
        return _graph.Add("Reshape", [byToken, _graph.Integers(-1, lstm.Outputs)]);
    }

    /// <summary>The last states of an LSTM over the last hidden states, [rows, 2 × size].</summary>
    private string LstmEnds(HeadLayer lstm)
    {
        (_, string ends) = GraphLstm.Write(_graph, lstm, ByRow(Last()), _mask);
        string byRow = _graph.Add("Transpose", [ends], ("perm", new long[] { 1, 0, 2 }));
        return _graph.Add("Reshape", [byRow, _graph.Integers(-1, lstm.Outputs)]);
    }

    /// <summary>The last hidden state of all tokens that the last layer computes.</summary>
    private string Last() => _last ??= _shape.FinalNorm is { } norm
        ? _layers.LayerNorm(norm, _hiddenStates[^1], _hidden)
        : _hiddenStates[^1];

    /// <summary>The last hidden state of each row's first token, [rows, hidden].</summary>
    private string FirstToken() => _first ??= _lastLayersTokens == Tokens.First ? Last() : First(Last());

    /// <summary>The mean of the last hidden states of each row, [rows, hidden].</summary>
    private string Mean()
    {
        if (_mean is not null)
            return _mean;
        string weights = _graph.Add("Cast", [_graph.Add("Unsqueeze", [_mask, _graph.Integers(2)])], ("to", (long)OnnxGraph.Float));
        string sum = _graph.Add("ReduceSum", [_graph.Add("Mul", [ByRow(Last()), weights]), _graph.Integers(1)], ("keepdims", 0L));
        return _mean = _graph.Add("Div", [sum, _graph.Add("ReduceSum", [weights, _graph.Integers(1)], ("keepdims", 0L))]);
    }

    /// <summary>The start (0) or end (1) logit of each token, [rows, length].</summary>
    private string AnswerLogits(int column)
    {
        _answers ??= _graph.Add("Reshape", [_layers.Apply(HeadKind.QuestionAnswering, Last()), Concat(_size, 2)]);
        return _graph.Add("Gather", [_answers, _graph.Integer(column)], ("axis", 2L));
    }
}
