using Bert.MLNet.Models;
using CsCheck;

namespace Bert.MLNet.Tests.Models;

public class SafetensorsTests
{
    [Fact]
    public void Any_damage_to_the_header_gives_one_of_two_exceptions_and_takes_little_memory()
    {
        byte[] file = Bytes(new TinyCheckpoint { Layers = 1, HiddenSize = 8, IntermediateSize = 8 }.Tensors());
        int header = 8 + BitConverter.ToInt32(file);
        Gen.Select(Gen.Int[0, header - 1], Gen.Byte[1, 255], Gen.Int[0, file.Length * 4]).Sample((place, change, length) =>
        {
            byte[] damaged = [.. file];
            damaged[place] ^= change;
            Array.Resize(ref damaged, Math.Min(length, file.Length));
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Read(damaged);
            }
            catch (Exception exception) when (exception is InvalidDataException or NotSupportedException)
            {
                Assert.Contains("'damaged'", exception.Message, StringComparison.Ordinal);
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        }, iter: 10_000, threads: 1);
    }

    [Theory]
    [InlineData("F32", 600_000_000, 4)]
    [InlineData("F16", 600_000_000, 2)]
    [InlineData("U8", 2_147_483_647, 1)]
    public void A_tensor_that_takes_more_than_2_GB_in_memory_is_refused_by_its_header(string type, long count, int size)
    {
        byte[] header = System.Text.Encoding.UTF8.GetBytes($$"""{"words": {"dtype": "{{type}}", "shape": [{{count}}], "data_offsets": [0, {{count * size}}] } }""");
        string message = Assert.Throws<NotSupportedException>(() => SafetensorsHeader.Parse(header, count * size, "large.safetensors"))
            .Message;
        Assert.Contains("'words' in 'large.safetensors'", message, StringComparison.Ordinal);
        Assert.Contains("at most 2 GB", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_tensors_come_back_as_they_were_written()
    {
        Gen<BertTensor> tensor = Gen.Select(Gen.String, Gen.Enum<TensorType>(), Gen.Int[0, 5].Array[0, 4], Gen.Byte)
            .Select((name, type, shape, first) =>
        {
            var made = new BertTensor(name, type, shape);
            made.Writable.Span.Fill(first);
            return made;
        });
        tensor.Array[0, 8].Where(
            tensors => tensors.DistinctBy(t => t.Name).Count() == tensors.Length
                && tensors.All(t => t.Name != "__metadata__" && IsText(t.Name))).Sample(tensors =>
        {
            Safetensors read = Read(Bytes(tensors));
            Assert.Equal("pt", read.Metadata["format"]);
            // Tensors without bytes have no place of their own.
            Assert.Equal(tensors.Select(Describe).Order(), read.Tensors.Select(Describe).Order());
        }, iter: 1_000);
    }

    [Fact]
    public void Memory_of_tensors_is_aligned_wherever_they_lie_in_the_file()
    {
        Safetensors read = Read(Bytes(
            [new("a", TensorType.I8, [3]), new("b", TensorType.F16, [5]), BertTensor.Create("c", [2], [1.5f, -2])]));
        Assert.All(read.Tensors, tensor => Assert.Equal(0, tensor.Address % 64));
        unsafe
        {
            Assert.Equal(-2f, ((float*)read.Tensors[2].Address)[1]);
        }
    }

    [Theory]
    [InlineData(TensorType.F32, 0)]
    [InlineData(TensorType.F16, 1 / 2048f)]
    [InlineData(TensorType.BF16, 1 / 256f)]
    public void Values_come_back_within_the_precision_of_their_type(object type, float precision)
    {
        Gen.Float[-1000, 1000].Where(value => Math.Abs(value) > 1e-3).Array.Sample(values =>
        {
            float[] read = new float[values.Length];
            BertTensor.Create("x", [values.Length], values, (TensorType)type).CopyTo(read);
            for (int i = 0; i < values.Length; i++)
                Assert.InRange(read[i], values[i] - precision * Math.Abs(values[i]), values[i] + precision * Math.Abs(values[i]));
        }, iter: 200);
    }

    [Fact]
    public void Bfloat16_rounds_to_the_nearest_and_ties_to_even()
    {
        // 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷; 1 + 3·2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶.
        float[] values = [1 + 1 / 256f, 1 + 3 / 256f, 1 + 1.01f / 256f, float.PositiveInfinity, float.NaN];
        float[] read = new float[values.Length];
        BertTensor.Create("x", [values.Length], values, TensorType.BF16).CopyTo(read);
        Assert.Equal([1f, 1 + 1 / 64f, 1 + 1 / 128f, float.PositiveInfinity, float.NaN], read);
    }

    private static byte[] Bytes(IEnumerable<BertTensor> tensors)
    {
        var stream = new MemoryStream();
        new Safetensors([.. tensors], Safetensors.DefaultMetadata).Write(stream);
        return stream.ToArray();
    }

    private static Safetensors Read(byte[] file) => Safetensors.Read(new MemoryStream(file), file.Length, "damaged");

    private static string Describe(BertTensor tensor) => $"{tensor} {Convert.ToHexString(tensor.Bytes.Span)}";

    private static bool IsText(string text) => !text.EnumerateRunes().Any(rune => rune == System.Text.Rune.ReplacementChar);
}
