using System.Runtime.CompilerServices;

namespace Bert.MLNet.Encoders;

/// <summary>
/// The encoders of one model, one for each set of outputs: opened for the first user, and closed when the last one releases it.
/// </summary>
internal sealed class SharedEncoders
{
    private static readonly ConditionalWeakTable<BertModel, SharedEncoders> Models = [];

    private readonly Lock _lock = new();
    private readonly Dictionary<EncoderOutputSet, OnnxEncoder> _encoders = [];
    private EncoderWeights? _weights;

    public static SharedEncoders Of(BertModel model) => Models.GetOrCreateValue(model);

    /// <summary>Gets the model's encoder for these outputs, and counts the caller as a user.</summary>
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

    /// <summary>Counts an additional user that will compute, unless the last one has already released the encoder.</summary>
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

    /// <summary>Removes a user.</summary>
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
