namespace Bert.MLNet.DataViews;

/// <summary>The inputs of a pipeline's graph that contain the tokens of one tokenization, all of [rows, tokens].</summary>
/// <param name="Prefix">The start of their names: empty, or the name of a column if the graph reads several tokenizations.</param>
internal sealed record TokenValues(string Prefix)
{
    public string Ids => Prefix + "input_ids";

    public string Mask => Prefix + "attention_mask";

    public string Types => Prefix + "token_type_ids";
}
