using System.Runtime.CompilerServices;

namespace Bert.MLNet.Encoders;

/// <summary>The encoders of one model, one for each choice of outputs: opened by the first who asks, closed when the last lets go.</summary>
internal sealed class SharedEncoders
{
    private static readonly ConditionalWeakTable<BertModel, SharedEncoders> Models = [];

    private readonly Lock _lock = new();
    private readonly Dictionary<EncoderOutputSet, OnnxEncoder> _encoders = [];
    private EncoderWeights? _weights;

    public static SharedEncoders Of(BertModel model) => Models.GetOrCreateValue(model);

    /// <summary>The model's encoder for these outputs, with the caller as one more user.</summary>
    public OnnxEncoder Acquire(BertModel model, EncoderOutputSet outputs)
    {
        lock (_lock)
        {
            if (!_encoders.TryGetValue(outputs, out OnnxEncoder? encoder))
            {
                try
                {
                    if (model.Weights is not null)
                        _weights ??= new EncoderWeights(model.Weights);
                    encoder = new OnnxEncoder(model, outputs, _weights);
                    _encoders.Add(outputs, encoder);
                }
                catch
                {
                    CloseIfUnused();
                    throw;
                }
            }
            encoder.Users++;
            return encoder;
        }
    }

    /// <summary>Counts one more user, who will compute, unless the last has let go already.</summary>
    public bool TryAddUser(OnnxEncoder encoder)
    {
        lock (_lock)
        {
            if (encoder.Users == 0)
                return false;
            _weights?.OnPrediction();
            encoder.Users++;
            return true;
        }
    }

    /// <summary>One user less.</summary>
    public void Release(OnnxEncoder encoder)
    {
        lock (_lock)
        {
            if (--encoder.Users > 0)
                return;
            _encoders.Remove(encoder.Outputs);
            encoder.Dispose();
            CloseIfUnused();
        }
    }

    private void CloseIfUnused()
    {
        if (_encoders.Count > 0)
            return;
        _weights?.Dispose();
        _weights = null;
    }
}
