using System.Diagnostics.CodeAnalysis;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Bert.MLNet.Models;

namespace Bert.MLNet.Encoders;

/// <summary>Compares a model with the ONNX graph from which its weights were read, on a few rows of random tokens.</summary>
internal static class GraphComparison
{
    // Relative to the largest value. Other orders of sums change the last digits, a misread weight changes the first ones.
    private const double Tolerance = 1e-4, HalfTolerance = 2e-2;

    private const int LongestRow = 16;

    private static readonly EncoderOutput[] s_outputs =
    [
        EncoderOutput.LastHiddenState, EncoderOutput.PoolerOutput, EncoderOutput.SequenceLogits, EncoderOutput.TokenLogits,
        EncoderOutput.StartLogits, EncoderOutput.EndLogits, EncoderOutput.WordLogits, EncoderOutput.ReplacedTokenLogits,
        EncoderOutput.NextSentenceLogits,
    ];

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "Models cannot use Encoding, and reading weights is only safe with this check.")]
    internal static void Register() => GraphWeightReader.CompareWith(Check);

    /// <summary>Checks that a model computes the known outputs of a graph.</summary>
    /// <exception cref="NotSupportedException">The model cannot compute one of them, or the graph has none.</exception>
    /// <exception cref="InvalidDataException">Its values are others.</exception>
    private static void Check(BertModel graph, BertModel weights)
    {
        string[] names = [.. OnnxModel.Read(graph.OnnxGraph, graph.GraphFile).Outputs];
        EncoderOutput[] outputs = [.. names.Select(name => Find(name, weights)).OfType<EncoderOutput>()];
        if (outputs.Length == 0 && EncoderSession.CanCompute(graph, EncoderOutput.LastHiddenState))
            outputs = [EncoderOutput.LastHiddenState];
        if (outputs.Length == 0)
            throw new NotSupportedException(
                $"The graph '{graph.GraphFile}' of '{graph.Name}' has only the outputs {string.Join(", ", names)}, so weights that are " +
                "read from it cannot be verified. Export it again for its task.");
        bool isHalf = weights.Weights![CanonicalNames.WordEmbeddings].Type != TensorType.F32;
        float[][] expected = Compute(graph, weights, outputs), actual = Compute(weights, weights, outputs);
        for (int i = 0; i < outputs.Length; i++)
        {
            float largest = Math.Abs(TensorPrimitives.MaxMagnitude<float>(expected[i]));
            float[] differences = new float[expected[i].Length];
            TensorPrimitives.Subtract(expected[i], actual[i], differences);
            float difference = Math.Abs(TensorPrimitives.MaxMagnitude<float>(differences));
            if (!(difference <= (isHalf ? HalfTolerance : Tolerance) * largest))
                throw new InvalidDataException(
                    $"With the weights of the graph '{graph.GraphFile}', '{graph.Name}' does not compute the graph's {outputs[i].Name}: " +
                    $"values of up to {largest:G3} differ by {difference:G3}. Check that config.json belongs to the graph. If it does, " +
                    $"use a checkpoint with {WeightFiles.Single}; the graph can still predict.");
        }
    }

    /// <summary>Returns the output of a model that has a name in a graph; null if the name says nothing.</summary>
    private static EncoderOutput? Find(string name, BertModel weights)
    {
        EncoderOutput[] candidates = [.. s_outputs.Where(output => OnnxEncoder.NamesOf(output).Contains(name))];
        if (candidates.Length == 0)
            return null;
        EncoderOutput[] found = [.. candidates.Where(output => output.MissingReason(weights, weights.Weights!) is null)];
        if (found.Length == 0)
            candidates[0].Check(weights);
        return found[0];
    }

    /// <summary>Computes outputs of rows of several lengths in one batch, without its padding.</summary>
    private static float[][] Compute(BertModel model, BertModel weights, EncoderOutput[] outputs)
    {
        var chance = new Random(1);
        int longest = Math.Min(LongestRow, weights.MaxSequenceLength);
        int[][] rows = [.. new[] { longest, longest / 2 + 1, 3 }.Select(length => Enumerable.Range(0, length)
            .Select(_ => chance.Next(weights.Config.VocabSize)).ToArray())];
        using EncoderSession session = EncoderSession.Acquire(model, new(outputs));
        using EncoderBatch batch = session.Rent(rows.Length, longest);
        for (int row = 0; row < rows.Length; row++)
            batch.Fill(row, rows[row], weights.Config.TypeVocabSize > 1 ? rows[row].Length / 2 : rows[row].Length);
        batch.Run();
        return [.. outputs.Select((output, i) => (float[])
            [.. rows.SelectMany((row, number) => WithoutPadding(output, batch.Output(i, number), row))])];

        float[] WithoutPadding(EncoderOutput output, ReadOnlySpan<float> values, int[] row) =>
            output.ReadsFirstToken ? values.ToArray() : values[..(values.Length / longest * row.Length)].ToArray();
    }
}
