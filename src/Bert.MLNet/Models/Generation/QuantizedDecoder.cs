namespace Bert.MLNet.Models;

/// <summary>Converts an encoder and its decoder to int8.</summary>
internal static class QuantizedDecoder
{
    /// <summary>Creates a model with int8 weights. Weights that both share are converted once.</summary>
    /// <param name="model">A model with a decoder and float weights.</param>
    /// <param name="options">The weights to leave as they are: modules of either of them.</param>
    /// <exception cref="ArgumentException">A module to leave as it is does not exist, or nothing is left to quantize.</exception>
    /// <exception cref="InvalidDataException">A weight is not a finite number.</exception>
    public static BertModel Create(BertModel model, BertQuantizationOptions options)
    {
        BertDecoder decoder = model.Decoder!;
        ILookup<bool, string> ofDecoder = options.ModulesToNotConvert.ToLookup(module => Has(decoder.Weights, module, decoder.Config));
        // A module that neither has is reported for the encoder.
        BertWeights reads = model.Weights!.Quantize(model.Config, options with
        {
            ModulesToNotConvert = [.. ofDecoder[false], .. ofDecoder[true].Where(module => Has(model.Weights, module, model.Config))],
        });
        BertWeights writes = decoder.Weights.Quantize(decoder.Config, options with { ModulesToNotConvert = [.. ofDecoder[true]] });
        if (decoder.SharesEncoder)
            writes = BertWeights.Create(writes.Names.Select(name =>
                (decoder.Weights.Contains(name) && reads.Contains(name) ? reads : writes)[name].Rename(name)), writes.FileName);
        return new BertModel(model.Config, model.Tokenizer, reads, model.Sentence, model.Name) { Decoder = decoder.With(writes) };
    }

    private static bool Has(BertWeights weights, string module, BertConfig config) =>
        weights.Names.Any(name => QuantizedWeights.MayBe(name) && WeightQuantizer.IsPartOf(module, name, config));
}
