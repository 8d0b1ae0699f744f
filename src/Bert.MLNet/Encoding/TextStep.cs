namespace Bert.MLNet.Encoders;

/// <summary>The work of a step that reads texts with an encoder: it keeps the required outputs for each sequence. Thread-safe.</summary>
/// <inheritdoc/>
internal abstract class TextStep<TRow, TSequence> : TextWork<TRow, TSequence>
    where TRow : DataViews.TextRow<TSequence>, new()
    where TSequence : class, ISequence
{
    private readonly EncoderSession _session;
    private readonly Action<TSequence, SequenceOutputs> _keep;

    /// <summary>
    /// Opens the encoder. Anything else that can fail belongs in field initializers, which run before this, so that no session remains
    /// open.
    /// </summary>
    /// <exception cref="NotSupportedException">The checkpoint cannot compute one of the outputs.</exception>
    protected TextStep(BertModel model, EncoderOutputSet outputs)
    {
        _session = EncoderSession.Acquire(model, outputs);
        _keep = Keep;
    }

    public sealed override void Run(ReadOnlySpan<TSequence> batch) => _session.Run(batch, _keep);

    public sealed override void Dispose() => _session.Dispose();

    /// <summary>Keeps the required outputs of a sequence.</summary>
    protected abstract void Keep(TSequence sequence, SequenceOutputs outputs);
}
