using Microsoft.ML;

namespace Bert.MLNet.Pooling;

/// <summary>The columns of a schema that a pooling step reads.</summary>
/// <param name="Hidden">The last hidden states.</param>
/// <param name="Layers">The hidden states of several layers.</param>
/// <param name="Mask">The masks.</param>
/// <param name="Ids">The token ids.</param>
/// <param name="Width">Values of a hidden state.</param>
internal sealed record PoolingColumns(DataViewSchema.Column? Hidden, DataViewSchema.Column? Layers, DataViewSchema.Column? Mask, DataViewSchema.Column? Ids, int Width);
