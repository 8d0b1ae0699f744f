using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Bert.MLNet;

// Embeds two texts with the model of the package. A plain loop over its weights, in double precision, computed the figures.
string[] texts = ["Owls hunt at night.", "Birds look for food in the dark."];
float[][] figures =
[
    [0.077011f, 0.14411f, -0.015505f, 0.203049f, -0.036558f, 0.089837f, -0.002376f, 0.050666f],
    [0.000808f, 0.075779f, 0.128472f, 0.238844f, -0.039281f, 0.018546f, 0.176153f, 0.076495f],
];
const float cosine = 0.517641f, tolerance = 0.0001f;

using BertEmbeddingTransformer embedding = BertEmbeddingTransformer.Create(BertModel.Default, new() { Normalize = true });
IReadOnlyList<BertEmbedding> vectors = embedding.Embed(texts);
float worst = MathF.Abs(TensorPrimitives.Dot(vectors[0].Vector.Span, vectors[1].Vector.Span) - cosine);
foreach ((BertEmbedding vector, float[] expected) in vectors.Zip(figures))
{
    for (int i = 0; i < expected.Length; i++)
        worst = MathF.Max(worst, MathF.Abs(vector.Vector.Span[i] - expected[i]));
}
string form = RuntimeFeature.IsDynamicCodeSupported ? "a runtime" : "native code";
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"With {form}, vectors differ by {worst:E1} from the figures."));
return worst < tolerance ? 0 : 1;
